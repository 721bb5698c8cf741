"""`/embed/<page>/<block>`: a block in a frame of anybody's page, readable without a script; nothing else may be framed.

Without an edition it is live. With one it is frozen: the numbers of that edition in today's layout, also when it was
removed, and a notice where a poll that this block rests on was corrected since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

from dashboard import status
from dashboard.address import Gone, Key, UnknownAddress, query
from dashboard.blocks import Argument, Block, Day, Href, Join, words
from dashboard.i18n import Translator, translator
from dashboard.names import list_name, local, poll_name, uncoloured
from dashboard.render import html
from dashboard.render.html import Context, element, html_page
from dashboard.render.template import framed_style, palettes
from dashboard.render.text import say
from dashboard.serve import frozen
from dashboard.serve.documents import Documents
from dashboard.serve.frozen import Origin
from dashboard.serve.respond import describe, is_canonical, send_file
from dashboard.serve.security import FRAMED
from dashboard.serve.shell import Shell
from dashboard.view import View
from pipelines.editions.schema import PollRow, PollValue

THEMES = ("auto", "light", "dark")
MOST_CORRECTIONS = 5  # named one by one
NONE = "–"


@dataclass(frozen=True)
class Shown:
    """A block with what stands around it; `state` is what its address carries."""

    origin: Origin
    block: Block
    notices: tuple[Argument, ...]
    state: dict[str, str]
    is_frozen: bool


def register(server: Flask, app: Shell, documents: Documents) -> None:
    """Add the one route that may stand in a frame."""

    @server.get(FRAMED)
    def embed(page: str, block: str) -> Response:
        theme = request.args.get("theme") or THEMES[0]
        if theme not in THEMES:
            raise UnknownAddress("no such theme")
        with documents.bound.place():
            key, shown = _shown(documents, page, block)
            content = render(app, shown, theme, translator(key.lang)).encode()
        response = send_file(content, "text/html", repeats=is_canonical(key, "theme"))
        describe(response, documents.view(key))
        response.headers["Hemicycle-Edition"] = shown.origin.edition
        response.headers["Hemicycle-As-Of"] = shown.origin.as_of.isoformat()
        return response


def _shown(documents: Documents, page: str, block_id: str) -> tuple[Key, Shown]:
    """The block asked for; of an edition that was removed as it was kept. Raises UnknownAddress or Gone."""
    arguments = request.args.to_dict()
    try:
        key, block = documents.narrow(page, block_id, arguments)
    except Gone:
        return _stored_block(documents, page, block_id)
    if not block.embeddable:
        raise UnknownAddress("that block is not for frames")
    view = documents.view(key)
    origin = origin_of(documents, key)
    notices: list[Argument] = [text for kind, text in status.notices(view) if kind == "warning"]
    if key.is_asked:
        current = documents.view(documents.key(key.path, {"election": key.election, "lang": key.lang}))
        rows = view.edition.polls.polls
        notices = [*_corrected(block, origin, frozen.printed(rows), current, rows), *notices]
    return key, Shown(origin, block, tuple(notices), dict(key.state), key.is_asked)


def _stored_block(documents: Documents, page: str, block_id: str) -> tuple[Key, Shown]:
    """A block of an edition that is no more, from what was kept of it; raises Gone."""
    parameters = {name: request.args[name] for name in ("election", "lang") if name in request.args}
    path = next(path for path, one in documents.pages.items() if one.name == page)
    key = documents.key(path, parameters)
    stored = frozen.read(
        documents.reader.processed, key.election, request.args.get("edition", ""), documents.pages.values()
    )
    block = next((one for one in stored.blocks if (one.page, one.id) == (page, block_id)), None) if stored else None
    state = documents.pages[path].parameters(documents.view(key).edition).keys() & request.args.keys()
    if stored is None or block is None or any(name in block.parameters for name in state):
        raise Gone("the edition was removed, and nothing of this block was kept")
    current = documents.view(key)
    notices = _corrected(block, stored.origin, stored.polls, current)
    notices += [status.frozen(current)] if current.is_frozen else []
    return key, Shown(stored.origin, block, tuple(notices), {}, is_frozen=True)


def store(processed: Path, documents: Documents, first: Key) -> int:
    """Keep what a frozen address of an edition needs once it is removed; returns the bytes written."""
    if frozen.is_stored(processed, first.election, first.edition, documents.pages.values()):
        return 0
    blocks = [block for _, own in documents.own_blocks(first) for block in own if block.embeddable]
    polls = frozen.printed(documents.view(first).edition.polls.polls)
    return frozen.write(processed, frozen.Frozen(origin_of(documents, first), tuple(blocks), polls))


def origin_of(documents: Documents, key: Key) -> Origin:
    """What stands around the blocks of an edition in a frame."""
    view = documents.view(key)
    kind = next(text for name, text in status.notices(view) if name == "kind")
    return Origin(
        key.election,
        key.edition,
        view.projection.as_of,
        view.languages,
        palettes(view.edition.reference),
        kind,
        status.source_line(view),
        _credits(view),
        {page.name: path for path, page in documents.pages.items()},
    )


def _credits(view: View) -> Argument | None:
    """Who is credited for the polls, each with its licence; None where nothing is on record."""
    terms = tuple(Join((local(one, "attributions"), local(one, "licences")), " – ") for one in view.electorate.licences)
    return words("footer.sources", names=Join(terms, "; ")) if terms else None


def _corrected(
    block: Block, origin: Origin, printed: Mapping[str, str], current: View, rows: Iterable[PollRow] = ()
) -> list[Argument]:
    """What was corrected since of the polls a block rests on: the first few with their change and day.

    `printed` are hashes of what was printed then, `rows` the polls themselves where they are still there.
    """
    mine = {one.id for one in block.inputs if one.kind == "poll"} & printed.keys()
    now = {poll.poll: poll for poll in current.edition.polls.polls if poll.poll in mine}
    hashes, before = frozen.printed(now.values()), {poll.poll: poll for poll in rows}
    changed = sorted(name for name in mine if printed[name] != hashes.get(name))
    changes = [_change(current, origin, name, before.get(name), now.get(name)) for name in changed[:MOST_CORRECTIONS]]
    return [words("embed.corrected", n=len(changed), polls=Join(tuple(changes), "; "))] if changes else []


def _change(current: View, origin: Origin, name: str, before: PollRow | None, now: PollRow | None) -> Argument:
    """A poll by its firm and day, what was printed and what is, and when it was corrected."""
    row = now or before
    if row is None:
        return words("embed.withdrawn", poll=name)
    poll = poll_name(current, row)
    if now is None:
        return words("embed.withdrawn", poll=poll)
    old, new = ({value.list: _printed(value) for value in one.values} for one in (before or now, now))
    changes = [
        words(
            "embed.value",
            name=uncoloured(list_name(current, name)),
            before=old.get(name, NONE),
            after=new.get(name, NONE),
        )
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    since = [one for one in now.corrections if one.corrected_date > origin.as_of]
    if before is None:  # its edition is gone: the register of corrections says what was changed
        changes = [
            words("embed.value", name=one.label or one.field, before=one.before or NONE, after=one.after or NONE)
            for one in since
        ]
    detail = Join(tuple(changes), ", ") if changes else words("embed.details")
    day = max((one.corrected_date for one in since), default=current.projection.as_of)
    return words("embed.change", poll=poll, changes=detail, date=Day(day))


def _printed(value: PollValue) -> str:
    """What a poll printed for a list."""
    if value.seats is not None:
        return f"{value.seats:g}"
    return f"{value.pct}%" if value.pct else NONE


def render(app: Shell, shown: Shown, theme: str, t: Translator) -> str:
    """The frame's document."""
    origin, block = shown.origin, shown.block
    edition = origin.edition if shown.is_frozen else None
    common = {"election": origin.election, "edition": edition, "lang": t.lang}

    def address(to: Href) -> str:
        path = to.path or origin.paths[block.page]
        state = to.state if to.path else {**shown.state, **to.state}
        return path + query({**common, "election": to.election or origin.election, **state})

    ctx = Context(t, address, lambda _block, _ending: "", is_frame=True)
    title = say(block.heading or block.finding or words(f"nav.{block.page}"), t)
    notices = [element("p", say(text, t), class_="notice warning", role="note") for text in shown.notices]
    body = element(
        "main",
        notices,
        html.block(block, block.drawn(t), ctx),
        _footer(shown, address(Href(None, shown.state)), address(Href(origin.paths["data"])), t),
        class_="sheet framed",
    )
    head = (
        element("base", target="_blank"),
        app.icon(),
        app.style(),
        element("style", Markup(framed_style(origin.palettes, theme))),
        element("script", src=app.asset("embed.js"), defer=True),
    )
    return html_page(t, title, head, body, data_embed=theme)


def _footer(shown: Shown, page: str, data: str, t: Translator) -> Markup:
    origin = shown.origin
    version = words("embed.frozen" if shown.is_frozen else "embed.live", date=Day(origin.as_of))
    edition = element("a", t("footer.edition", edition=t.isolated(origin.edition)), href=f"{data}#block-provenance")
    return element(
        "footer",
        element("p", element("a", say(origin.source, t), href=page)),
        element("p", say(version, t), " ", say(origin.kind, t), " ", edition),
        element("details", element("summary", t("data.licences")), element("p", say(origin.credits, t)))
        if origin.credits
        else None,
        class_="footer",
    )
