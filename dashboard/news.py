"""What changed from one edition to another, as words that every language says, made from the same facts."""

from collections.abc import Sequence

from dashboard import compared
from dashboard.blocks import Chance, Day, Join, Name, Number, Words, words
from dashboard.i18n import Translator
from dashboard.names import bloc_name as named_bloc
from dashboard.names import joined, poll_name, text, uncoloured
from dashboard.names import list_name as named_list
from dashboard.render.text import say
from dashboard.view import View
from pipelines.editions.records import Alert, BlocMovement, Changes, ListMovement, PollNews

POLLS_NAMED = 4
LISTS_NAMED = 3
SMALLEST_MOVE = 0.3  # seats of a line that are worth a sentence
SMALLEST_PART = 0.1  # seats of a cause that are worth a name
PARTS_NAMED = 2
LEAST_CHANCE = 0.005  # a chance below this is as good as none
KINDS: tuple[PollNews, ...] = ("added", "corrected", "withdrawn")
CAUSES = ("polls", "corrections", "house-effects", "firms", "ageing", "model")


def title(key: str, changes: Changes) -> Words:
    """Since when."""
    return words(key, date=Day(changes.from_as_of))


STILL = tuple(words(f"news.{what}_none") for what in ("polls", "blocs", "lists"))


def statements(view: View, changes: Changes) -> list[Words | Join]:
    """Polls, who leads, blocs, lists, the threshold: what moved, what did not, then what to be careful about."""
    parts = [*_polls(view, changes), *_lead(view, changes), *_blocs(view, changes)]
    parts += [*_lists(view, changes), *_passes(view, changes)]
    still = tuple(part for part in parts if part in STILL)
    statements = [part for part in parts if part not in STILL]
    statements += [Join(still, " ")] if still else []
    if changes.is_method_changed:
        statements.append(words("news.method"))
    if not changes.is_comparable:
        statements.append(words("news.incomparable"))
    return statements


def list_name(view: View, name: str) -> Name:
    return uncoloured(named_list(view, name))


def bloc_name(view: View, name: str) -> Name:
    return uncoloured(named_bloc(view, view.blocs[name])) if name in view.blocs else text(name)


def _polls(view: View, changes: Changes) -> list[Words | Join]:
    """New polls, corrected ones and withdrawn ones, by firm and day."""
    statements: list[Words | Join] = []
    for kind in KINDS:
        polls = [poll for poll in changes.polls if poll.change == kind]
        if not polls:
            continue
        polls.sort(key=lambda poll: (poll.fieldwork_end, poll.poll), reverse=True)
        names = [poll_name(view, poll) for poll in polls[:POLLS_NAMED]]
        key = f"news.{kind}" if len(polls) <= POLLS_NAMED else f"news.{kind}_many"
        statements.append(words(key, n=len(polls), names=joined(names)))
    return statements or [words("news.polls_none")]


def _lead(view: View, changes: Changes) -> list[Words | Join]:
    before, after = changes.leader_before, changes.leader_after
    if before is None or after is None or before == after or view.electorate.lead_seats:
        return []  # where nobody is called the largest by a hair, no change of places is news
    return [words("news.lead", before=list_name(view, before), after=list_name(view, after))]


def _blocs(view: View, changes: Changes) -> list[Words | Join]:
    """Each bloc with a chance that moved, or whose chance did; the others that moved in one sentence."""
    if not changes.blocs or view.moves:  # they are of the data's own blocs
        return []
    moved = [bloc for bloc in changes.blocs if _has_moved(bloc)]
    if not moved:
        return [words("news.blocs_none")]
    with_chance = [bloc for bloc in moved if _has_chance(bloc)]
    others = [_bloc_seats(view, bloc) for bloc in moved if not _has_chance(bloc)]
    together = [Join((Join(tuple(others), "; "), "."), "")] if others else []
    return [*(_bloc_statement(view, bloc) for bloc in with_chance), *together]


def _has_chance(bloc: BlocMovement) -> bool:
    return max(bloc.p_majority_before, bloc.p_majority_after) >= LEAST_CHANCE


def _has_moved(bloc: BlocMovement) -> bool:
    before, after = (round(100 * chance) for chance in (bloc.p_majority_before, bloc.p_majority_after))
    return bloc.seats_before != bloc.seats_after or before != after


def _bloc_seats(view: View, bloc: BlocMovement) -> Words:
    is_same = bloc.seats_before == bloc.seats_after
    return words(
        "news.bloc_same" if is_same else "news.bloc",
        bloc=bloc_name(view, bloc.id),
        before=Number(bloc.seats_before),
        after=Number(bloc.seats_after),
    )


def _bloc_statement(view: View, bloc: BlocMovement) -> Words:
    return words(
        "news.chance",
        seats=_bloc_seats(view, bloc),
        majority=view.projection.majority,
        chance=Chance(bloc.p_majority_after),
        was=Number(100 * bloc.p_majority_before),
    )


def _lists(view: View, changes: Changes) -> list[Words | Join]:
    """The lines that moved most: each with what moved it where that is known, else all in one sentence."""
    moves = [(moved, item) for item in changes.lists if abs(moved := compared.move(item) or 0.0) >= SMALLEST_MOVE]
    moves.sort(key=lambda pair: (-abs(pair[0]), pair[1].id))
    moves = moves[:LISTS_NAMED]
    if not moves:
        return [words("news.lists_none")]
    if any(item.parts for _, item in moves):
        return [_list_statement(view, item, moved) for moved, item in moves]
    names = [words("news.cause", name=list_name(view, item.id), n=Number(moved, 1, "signed")) for moved, item in moves]
    return [words("news.lists", names=joined(names))]


def _list_statement(view: View, item: ListMovement, move: float) -> Words | Join:
    because = causes(view, item.parts or {})
    moved = words("news.moved", name=list_name(view, item.id), n=Number(move, 1, "signed"))
    if not because:
        return Join((moved, "."), "")
    return words("news.because", text=moved, causes=Join(tuple(because), ", "))


def causes(view: View, parts: dict[str, float]) -> list[Words]:
    """The largest causes by name and the rest together, adding up to the whole but for rounding."""
    order = sorted(parts, key=lambda cause: (-abs(parts[cause]), cause))
    named = [cause for cause in order[:PARTS_NAMED] if abs(parts[cause]) >= SMALLEST_PART]
    statements = [words("news.cause", name=_cause(view, cause), n=Number(parts[cause], 1, "signed")) for cause in named]
    rest = sum(seats for cause, seats in parts.items() if cause not in named)
    if named and abs(rest) >= SMALLEST_PART:
        statements.append(words("news.cause", name=words("news.cause_rest"), n=Number(rest, 1, "signed")))
    return statements


def _cause(view: View, cause: str) -> Words | Name:
    """A cause in words: a poll by its firm and day, the others by what they are."""
    kind, _, poll_id = cause.partition(":")
    if not poll_id:
        return words(f"news.cause_{kind}") if kind in CAUSES else text(cause)
    poll = next((poll for poll in view.edition.polls.polls if poll.poll == poll_id), None)
    if poll is None or not (poll.pollster or poll.publisher):
        return words("news.cause_polls")
    return poll_name(view, poll)


def _passes(view: View, changes: Changes) -> Sequence[Words]:
    """Lists whose chance to pass went past a level, and is another number than before."""
    passed = [item for item in changes.crossings if item.what == "list-passes"]
    crossed = {item.id: item for item in passed if round(100 * item.before) != round(100 * item.after)}
    return [
        words(
            "news.passes",
            name=list_name(view, name),
            chance=Chance(item.after),
            was=Number(100 * item.before),
        )
        for name, item in crossed.items()
    ]


def alert(view: View, item: Alert, t: Translator) -> str:
    """What an alert says, by its kind."""
    if item.kind == "source-stale":
        return t("news.alert_source-stale", name=t.isolated(item.subject), hours=t.number(item.after or 0))
    if item.kind == "quarantine-grows":
        before, after = t.number(item.before or 0), t.number(item.after or 0)
        return t("news.alert_quarantine-grows", before=before, after=after)
    name = say(list_name(view, item.subject), t)
    if item.kind == "lead-changes":
        return t("news.alert_lead-changes", name=name)
    chance, was = t.chance(item.after or 0), t.number(100 * (item.before or 0))
    if item.kind == "list-passes":
        return t("news.alert_list-passes", name=name, chance=chance, was=was)
    key = f"news.alert_bloc-chance_{item.direction}"
    bloc = say(bloc_name(view, item.subject), t)
    return t(key, name=bloc, majority=view.projection.majority, chance=chance, was=was)
