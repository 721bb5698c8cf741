"""What the first page says of sides and lists: where and of what, each combination's odds, who has said no."""

from urllib.parse import urlsplit

from dashboard import readings, sentences, status
from dashboard.address import ALL_POLLS
from dashboard.blocks import (
    DOT,
    Anchor,
    Argument,
    Chance,
    Day,
    Inline,
    Join,
    Line,
    Lines,
    Name,
    Note,
    Number,
    Paragraph,
    Span,
    Words,
    href,
    words,
)
from dashboard.names import bloc_name, local, reading_name, text, the_projection, uncoloured, word
from dashboard.pages.record.numbers import coverage_sentence
from dashboard.pages.shared import quiet
from dashboard.pages.tonight.numbers import BlocRow, Refusal, SeatsRow, SeatsValues
from dashboard.reader import own_record
from dashboard.view import View


def headline(view: View) -> Words | Join:
    reading = reading_name(view, view.reading_asked)
    sentence = sentences.headline(readings.read(view))
    return Join((reading, sentence), ". ") if reading else sentence


def lead(view: View, reading_view: View) -> tuple[Note, ...]:
    """Place, house, day of the vote and last poll; who leads; what the numbers rest on."""
    place = words(
        "tonight.place",
        place=Name(view.electorate.id, view.electorate.names),
        house=Number(view.projection.house_size),
        majority=view.projection.majority,
        vote=Day(view.projection.election_date),
        polls=Day(view.projection.polls.until),
    )
    notes: list[Note] = [Paragraph((place,), "kicker")]
    is_said = reading_view.projection.result or not reading_view.sides  # by the headline
    notes += [] if is_said else [Paragraph((sentences.standing(reading_view),), "said")]
    if view.lacks_result and (url := view.electorate.results_url):
        notes.append(quiet(words("tonight.results_at"), " ", Anchor(text(urlsplit(url).netloc), url)))
    notes.append(quiet(*_own_name(view), status.basis(view), *_before(view)))
    if view.reading_asked != ALL_POLLS:
        notes.append(quiet(words("readings.note", the_projection=the_projection(view))))
    return tuple(notes)


def _own_name(view: View) -> tuple[Argument, ...]:
    """What the electorate calls these numbers; a nowcast is named by its notice."""
    return () if view.is_nowcast else (word(view, "projection"), DOT)


def _before(view: View) -> tuple[Inline, ...]:
    """How this did before, by the record that the edition carries; it leads to Record."""
    sentence = coverage_sentence(own_record(view.edition))
    return (DOT, Anchor(sentence, href("/record"))) if sentence else ()


# Lists


def seats_summary(values: SeatsValues) -> Join:
    """The seats chart for those who do not see it."""
    items = tuple(
        words(
            "seats.summary",
            name=row.name,
            seats=_standing_of(row, values),
            span=Span(row.interval_seats.q05, row.interval_seats.q95),
        )
        for row in values.lists
    )
    return Join((Join(items, "; "), "."), "")


def _standing_of(row: SeatsRow, values: SeatsValues) -> Argument:
    """A list's seats, behind its per cent where that is the custom."""
    seats = Number(row.seats, row.digits)
    return Join((Number(row.trend_pct, 1, "percent"), seats), ", ") if values.share_first else seats


# Blocs and coalitions


def odds(view: View, rows: tuple[BlocRow, ...]) -> Lines:
    """A line a combination, in the order of the data, both sides alike: seats, interval, the chance of a majority."""
    return Lines(tuple((_odds(view, row), *_refused(view, row)) for row in rows), "odds")


def _odds(view: View, row: BlocRow) -> Line:
    odds_words = words(
        "blocs.odds",
        seats=Number(row.seats, row.digits),
        span=Span(row.interval_seats.q05, row.interval_seats.q95),
        majority=view.projection.majority,
        chance=Chance(row.p_majority),
    )
    return (row.name, ": ", odds_words)


def _refused(view: View, row: BlocRow) -> tuple[Line, ...]:
    """That it is arithmetic only: who has said no, with the day of each and where it is said."""
    if not row.refusals:
        return ()
    parts: list[Inline] = [words("blocs.arithmetic"), " "]
    for at, refusal in enumerate(row.refusals):
        parts += [", " if at else "", _refusal(view, row, refusal)]
    return ((*parts, "."),)


def _refusal(view: View, row: BlocRow, refusal: Refusal) -> Inline:
    day = Day(refusal.day, "month" if refusal.is_month else "full")
    label = words("blocs.refusal", list=uncoloured(refusal.list), date=day)
    return Anchor(label, refusal.url or href("/coalitions", gov=",".join(_offered(view, row))))


def blocs_summary(view: View, rows: tuple[BlocRow, ...]) -> Join:
    """The figure for those who do not see it."""
    items = tuple(Join((uncoloured(row.name), _odds(view, row)[2]), ": ") for row in rows)  # type: ignore[arg-type]
    return Join((Join(items, "; "), "."), "")


def members(view: View, rows: tuple[BlocRow, ...]) -> tuple[Note, ...]:
    """Which lists a coalition of interest has, each a press away from the builder."""
    return tuple(
        Paragraph(
            (
                words("blocs.members", name=uncoloured(row.name), lists=sentences.names_of(view, row.lists)),
                ". ",
                Anchor(words("coalitions.open"), href("/coalitions", gov=",".join(_offered(view, row)))),
            )
        )
        for row in rows
    )


def _offered(view: View, row: BlocRow) -> list[str]:
    return [name for name in row.lists if name in view.order.ids]


def assignment(view: View) -> tuple[Note, ...]:
    """Which lists were counted where, and who says so."""
    rows = tuple(
        Join(
            (
                words(
                    "blocs.members",
                    name=uncoloured(bloc_name(view, bloc)),
                    lists=sentences.names_of(view, [item for item in bloc.lists if item in view.lists]),
                ),
                ". ",
            ),
            "",
        )
        for bloc in view.projection.blocs
    )
    cited = [local(bloc, "sources") for bloc in view.edition.reference.blocs]
    sources = {tuple(source.texts.values()): source for source in cited if source.texts}
    notes: tuple[Note, ...] = (Paragraph(rows),)
    return (*notes, quiet(words("blocs.source", source=Join(tuple(sources.values()), ", ")))) if sources else notes
