"""A block as a file: its table, its figure as a picture, what a file says of itself and is called."""

from dashboard import status
from dashboard.address import UnknownAddress, query
from dashboard.blocks import Anchor, Block, Join, Key, Line, Lines, Paragraph, Quote, Source, Strong, Words
from dashboard.i18n import Translator, translator
from dashboard.names import local, phrase
from dashboard.names import named as name_of
from dashboard.render import card, sheet
from dashboard.render.sheet import About
from dashboard.render.svg import SIZES
from dashboard.render.template import palettes
from dashboard.render.text import name_text, plain, say
from dashboard.view import Page, View

LONGEST_TITLE = 140  # letters of a finding that is a picture's title; a longer one is read beside it
PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


def render(view: View, page: Page, block: Block, ending: str, size: str = "") -> tuple[bytes, str]:
    """A block as a file and its type, a picture in a size to publish at; UnknownAddress where there is none."""
    if size and (size not in SIZES or ending not in PICTURES):
        raise UnknownAddress(f"a picture is had as one of {', '.join(SIZES)}")
    t = translator(view.lang)
    if ending in PICTURES:
        figure = block.drawn(t)
        if figure is None:
            raise UnknownAddress("no picture of that block")
        palette = palettes(view.edition.reference)["light"]
        above, beneath = _titles(block, page.headline(view), t)
        source = say(status.source_line(view), t)
        picture = card.picture(figure, palette, above, source, t, beneath, SIZES.get(size), _key(block, t))
        if ending == "svg":
            return picture.encode(), PICTURES[ending]
        return card.png(picture, 1 if size else card.SCALE), PICTURES[ending]
    if block.table is None:
        raise UnknownAddress("no table of that block")
    lines = sheet.lines(block.table, t, with_labels=True)
    kind = sheet.TYPES[ending]
    return kind.write(lines, block.id, about(view, block, t), t), kind.mimetype


def _titles(block: Block, headline: Words | Join, t: Translator) -> tuple[str, str]:
    """What a picture says first, the finding of its block or else of its page, and beneath it what is drawn."""
    own = say(block.finding, t) if block.finding else ""
    heading = say(block.heading, t) if block.heading else ""
    above = own if own and len(own) <= LONGEST_TITLE else say(headline, t)
    return above, "" if heading in above else heading


def _key(block: Block, t: Translator) -> list[list[card.Marked]]:
    """What the marks of a picture mean: the key of its block, else its first note; and what is numbered in it."""
    rows: list[list[card.Marked]] = []
    for item in block.notes:
        match item:
            case Key(marks):
                rows.append([(mark, say(text, t)) for mark, text in marks])
            case Paragraph(parts, "quiet") if not rows:
                rows.append([(None, _text(parts, t))])
            case Lines(items, is_ordered=True):
                numbered = (f"({t.number(at)})\u00a0{_text(parts[0], t)}" for at, parts in enumerate(items, start=1))
                rows.append([(None, " · ".join(numbered))])
    return rows


def _text(parts: Line, t: Translator) -> str:
    """What is said in a line, without who said it."""
    texts = (part.label if isinstance(part, Anchor) else part for part in parts)
    return "".join(say(part, t) for part in texts if not isinstance(part, (Quote, Source, Strong))).strip()


def title(block: Block, t: Translator) -> str:
    """What stands above a block's picture: its heading, else its finding."""
    heading = block.heading or block.finding
    return plain(heading, t) if heading else block.id


def about(view: View, block: Block | None, t: Translator) -> About:
    """What a file says of itself: election, edition, days, sources, licence, and what an interval means."""
    polls = view.projection.polls
    parts = {part for poll in view.edition.polls.polls for part in poll.source.split("; ")}
    sources = sorted(name_text(phrase(view, part), t) for part in parts)
    terms = [(local(licence, "attributions"), local(licence, "licences")) for licence in view.electorate.licences]
    licences = [f"{name_text(who, t)}: {name_text(terms_of_use, t)}" for who, terms_of_use in terms]
    facts = [
        (t("file.what"), title(block, t) if block else t("site.name")),
        (t("record.election"), name_text(name_of(view.edition.reference.election), t)),
        (t("data.edition"), view.edition.id),
        (t("file.as_of"), t.date(view.projection.as_of)),
        *([(t("file.last_poll"), t.date(polls.latest_fieldwork_end))] if polls.latest_fieldwork_end else []),
        (t("data.source"), "; ".join(sources)),
        (t("data.licences"), "; ".join(licences)),
        (t("file.interval_title"), t("file.interval")),
        (t("file.address"), view.path + query({"election": view.edition.election, "edition": view.edition.id})),
    ]
    return About(tuple((label, sheet.harmless(plain(value, t))) for label, value in facts))


def named(view: View, block: str, ending: str, size: str = "") -> str:
    """What a file is called: election, block, whom a page of its own is of, day, language, and a picture's size."""
    whom = [value for name, value in view.state if name == view.path.removeprefix("/")]
    parts = (view.edition.election, block, *whom, str(view.projection.as_of), view.lang, *([size] if size else []))
    return f"{'-'.join(parts)}.{ending}"
