"""What changed from one edition to another, as sentences in every language, made from the same facts."""

from collections.abc import Sequence

from dashboard import pollsters
from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.records import BlocMovement, Changes, ListMovement, PollChange, PollNews

POLLS_NAMED = 4
LISTS_NAMED = 3
SMALLEST_MOVE = 0.3  # seats of a line that are worth a sentence
SMALLEST_PART = 0.1  # seats of a cause that are worth a name
PARTS_NAMED = 2
SAID_OF_BLOC = 0.005  # a chance below this is as good as none
KINDS: tuple[PollNews, ...] = ("added", "corrected", "withdrawn")
CAUSES = ("polls", "corrections", "house-effects", "ageing", "model")


def told(view: View, changes: Changes, t: Translator) -> list[str]:
    """Polls, who leads, blocs, lists, the threshold: what moved, or that it did not; then what to be careful about."""
    said = [*_polls(view, changes, t), *_lead(view, changes, t), *_blocs(view, changes, t)]
    said += [*_lists(view, changes, t), *_passes(view, changes, t)]
    if changes.is_method_changed:
        said.append(t("news.method"))
    if not changes.is_comparable:
        said.append(t("news.incomparable"))
    return said


def list_name(view: View, name: str, t: Translator) -> str:
    return t.said(t.short(view.lists[name]) if name in view.lists else name)


def bloc_name(view: View, name: str, t: Translator) -> str:
    return t.said(t.name(view.blocs[name]) if name in view.blocs else name)


def _polls(view: View, changes: Changes, t: Translator) -> list[str]:
    """New polls, corrected ones and withdrawn ones, by firm and day."""
    said = []
    for kind in KINDS:
        found = [poll for poll in changes.polls if poll.change == kind]
        if not found:
            continue
        found.sort(key=lambda poll: (poll.fieldwork_end, poll.poll), reverse=True)
        names = [_poll(view, poll, t) for poll in found[:POLLS_NAMED]]
        key = f"news.{kind}" if len(found) <= POLLS_NAMED else f"news.{kind}_many"
        said.append(t(key, n=len(found), names=t.join(names)))
    return said or [t("news.polls_none")]


def _poll(view: View, poll: PollChange, t: Translator) -> str:
    firm = poll.pollster or poll.publisher
    name = pollsters.short_name(view, firm, t) if firm else t("table.unknown")
    return t("news.poll", name=t.said(name), date=t.day(poll.fieldwork_end))


def _lead(view: View, changes: Changes, t: Translator) -> list[str]:
    before, after = changes.leader_before, changes.leader_after
    if before is None or after is None or before == after:
        return []
    return [t("news.lead", before=list_name(view, before, t), after=list_name(view, after, t))]


def _blocs(view: View, changes: Changes, t: Translator) -> list[str]:
    """Each bloc with a chance that moved, or whose chance did; the others that moved in one sentence."""
    if not changes.blocs:
        return []
    moved = [bloc for bloc in changes.blocs if _has_moved(bloc)]
    if not moved:
        return [t("news.blocs_none")]
    with_chance = [bloc for bloc in moved if _has_chance(bloc)]
    others = [_bloc_seats(view, bloc, t) for bloc in moved if not _has_chance(bloc)]
    return [*(_bloc_said(view, bloc, t) for bloc in with_chance), *([f"{'; '.join(others)}."] if others else [])]


def _has_chance(bloc: BlocMovement) -> bool:
    return max(bloc.p_majority_before, bloc.p_majority_after) >= SAID_OF_BLOC


def _has_moved(bloc: BlocMovement) -> bool:
    before, after = (round(100 * chance) for chance in (bloc.p_majority_before, bloc.p_majority_after))
    return bloc.median_before != bloc.median_after or before != after


def _bloc_seats(view: View, bloc: BlocMovement, t: Translator) -> str:
    is_same = bloc.median_before == bloc.median_after
    return t(
        "news.bloc_same" if is_same else "news.bloc",
        bloc=bloc_name(view, bloc.id, t),
        before=t.number(bloc.median_before),
        after=t.number(bloc.median_after),
    )


def _bloc_said(view: View, bloc: BlocMovement, t: Translator) -> str:
    return t(
        "news.chance",
        seats=_bloc_seats(view, bloc, t),
        majority=view.projection.majority,
        chance=t.chance(bloc.p_majority_after),
        was=t.number(100 * bloc.p_majority_before),
    )


def _lists(view: View, changes: Changes, t: Translator) -> list[str]:
    """The lines that moved most: each with what moved it where that is known, else all in one sentence."""
    moves = [(move, item) for item in changes.lists if abs(move := _move(item)) >= SMALLEST_MOVE]
    moves.sort(key=lambda pair: (-abs(pair[0]), pair[1].id))
    moves = moves[:LISTS_NAMED]
    if not moves:
        return [t("news.lists_none")]
    if any(item.parts for _, item in moves):
        return [_list_said(view, item, move, t) for move, item in moves]
    names = [t("news.cause", name=list_name(view, item.id, t), n=t.signed(move, 1)) for move, item in moves]
    return [t("news.lists", names=t.join(names))]


def _move(item: ListMovement) -> float:
    if item.trend_seats_before is None or item.trend_seats_after is None:
        return 0.0
    return item.trend_seats_after - item.trend_seats_before


def _list_said(view: View, item: ListMovement, move: float, t: Translator) -> str:
    causes = _causes(view, item.parts or {}, t)
    text = t("news.moved", name=list_name(view, item.id, t), n=t.signed(move, 1))
    return t("news.because", text=text, causes=", ".join(causes)) if causes else f"{text}."


def _causes(view: View, parts: dict[str, float], t: Translator) -> list[str]:
    """The largest causes by name and the rest together, adding up to the whole but for rounding."""
    order = sorted(parts, key=lambda cause: (-abs(parts[cause]), cause))
    named = [cause for cause in order[:PARTS_NAMED] if abs(parts[cause]) >= SMALLEST_PART]
    said = [t("news.cause", name=_cause(view, cause, t), n=t.signed(parts[cause], 1)) for cause in named]
    rest = sum(seats for cause, seats in parts.items() if cause not in named)
    if named and abs(rest) >= SMALLEST_PART:
        said.append(t("news.cause", name=t("news.cause_rest"), n=t.signed(rest, 1)))
    return said


def _cause(view: View, cause: str, t: Translator) -> str:
    """A cause in words: a poll by its firm and day, the others by what they are."""
    kind, _, poll_id = cause.partition(":")
    if not poll_id:
        return t(f"news.cause_{kind}") if kind in CAUSES else cause
    poll = next((poll for poll in view.edition.polls.polls if poll.poll == poll_id), None)
    firm = (poll.pollster or poll.publisher) if poll else None
    if poll is None or firm is None:
        return t("news.cause_polls")
    return t("news.poll", name=t.said(pollsters.short_name(view, firm, t)), date=t.day(poll.fieldwork_end))


def _passes(view: View, changes: Changes, t: Translator) -> Sequence[str]:
    """Lists whose chance to pass went past a level."""
    crossed = {item.id: item for item in changes.crossings if item.what == "list-passes"}
    return [
        t(
            "news.passes",
            name=list_name(view, name, t),
            chance=t.chance(item.after),
            was=t.number(100 * item.before),
        )
        for name, item in crossed.items()
    ]
