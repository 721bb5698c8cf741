"""What is different from one edition to the next, as facts; the sentences are made by whoever shows them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelines.editions.edition import Edition
from pipelines.editions.records import (
    Basis,
    BlocMovement,
    Chance,
    Changes,
    Crossing,
    Direction,
    ListMovement,
    PollChange,
    PollNews,
    ValueChange,
)
from pipelines.editions.schema import BlocProjection, Correction, ListProjection, PollRow, Projection

# Where a poll is cited, what was found out about it, what others share with it, what follows from its other fields.
CITED = {"revision", "source", "ruling", "urls", "disclosed", "checked"}
NO_FACTS = {*CITED, "values", "waves", "known_from", "known_from_assumed"}
LEVELS_PCT = (10, 25, 50, 75, 90)


Parts = Mapping[str, dict[str, float]]


def changes(before: Edition, after: Edition, parts: Parts | None = None) -> Changes:
    """Polls, movements and chances that crossed a level, from one edition to a later one of the same campaign.

    `parts` says, per list, what moved its trend: cause → seats; without it nothing is said of causes.
    """
    old, new = before.projection, after.projection
    basis = _basis(new) if _basis(old) == _basis(new) else "nowcast"
    is_comparable = _basis(old) == _basis(new)
    return Changes(
        election=after.election,
        from_edition=before.id,
        to_edition=after.id,
        from_as_of=old.as_of,
        to_as_of=new.as_of,
        basis=basis,
        is_comparable=is_comparable,
        is_method_changed=_method(before) != _method(after),
        leader_before=_leader(old) if is_comparable else None,
        leader_after=_leader(new) if is_comparable else None,
        polls=list(_polls(before.polls.polls, after.polls.polls)),
        lists=list(_lists(old, new, is_comparable, parts or {})),
        blocs=list(_blocs(old, new)) if is_comparable else [],
        crossings=list(_crossings(old, new)) if is_comparable else [],
    )


def _basis(projection: Projection) -> Basis:
    return "election-day" if all(row.seats for row in projection.lists) else "nowcast"


def _method(edition: Edition) -> object:
    manifest = edition.manifest
    return manifest.code, manifest.libraries, manifest.parameters


def _leader(projection: Projection) -> str | None:
    """The list with the most printed seats, then the largest mean; None where two are level in both."""
    order = sorted(((projection.allocation[row.id], _mean(row), row.id) for row in projection.lists), reverse=True)
    is_level = len(order) > 1 and order[0][:2] == order[1][:2]
    return None if is_level else order[0][2]


def _mean(row: ListProjection) -> float:
    return (row.seats or row.nowcast).mean


def _polls(before: list[PollRow], after: list[PollRow]) -> Iterator[PollChange]:
    old, new = {poll.poll: poll for poll in before}, {poll.poll: poll for poll in after}
    for name, poll in new.items():
        if name not in old:
            yield _poll(poll, "added")
        elif _facts(old[name]) != _facts(poll):
            corrections = [row for row in poll.corrections if row not in old[name].corrections]
            yield _poll(poll, "corrected", _values(old[name], poll), corrections)
    for name, poll in old.items():
        if name not in new:
            yield _poll(poll, "withdrawn")


def _facts(poll: PollRow) -> object:
    """What a source says of a poll, without where it is cited and how often it was revised."""
    facts = poll.model_dump(exclude=NO_FACTS)
    return facts, {value.list: (value.status, value.seats, value.pct) for value in poll.values}


def _poll(
    poll: PollRow, change: PollNews, values: Iterable[ValueChange] = (), corrections: Sequence[Correction] = ()
) -> PollChange:
    return PollChange(
        poll=poll.poll,
        change=change,
        pollster=poll.pollster,
        publisher=poll.publisher,
        fieldwork_end=poll.fieldwork_end,
        values=list(values),
        corrections=list(corrections),
    )


def _values(before: PollRow, after: PollRow) -> Iterator[ValueChange]:
    old, new = ({value.list: value.seats for value in poll.values} for poll in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield ValueChange(list=name, before=old.get(name), after=new.get(name))


def _lists(old: Projection, new: Projection, is_comparable: bool, parts: Parts) -> Iterator[ListMovement]:
    before, after = ({row.id: row for row in projection.lists} for projection in (old, new))
    for name in dict.fromkeys([*after, *before]):
        was, now = before.get(name), after.get(name)
        yield ListMovement(
            id=name,
            trend_seats_before=was.trend_seats if was else None,
            trend_seats_after=now.trend_seats if now else None,
            seats_before=old.allocation[name] if was and is_comparable else None,
            seats_after=new.allocation[name] if now and is_comparable else None,
            p_pass_before=was.p_pass if was and is_comparable else None,
            p_pass_after=now.p_pass if now and is_comparable else None,
            parts=parts.get(name),
        )


def _blocs(old: Projection, new: Projection) -> Iterator[BlocMovement]:
    before = {bloc.id: bloc for bloc in old.blocs}
    for bloc in new.blocs:
        if bloc.id in before:
            yield BlocMovement(
                id=bloc.id,
                seats_before=_seats(old, before[bloc.id]),
                seats_after=_seats(new, bloc),
                p_majority_before=before[bloc.id].p_majority,
                p_majority_after=bloc.p_majority,
            )


def _seats(projection: Projection, bloc: BlocProjection) -> int:
    """A bloc's printed seats: the sum of its lists'."""
    return sum(projection.allocation[name] for name in bloc.lists)


def _crossings(old: Projection, new: Projection) -> Iterator[Crossing]:
    """Chances on another side of a level than before; exactly on it counts as having reached it."""
    before, after = _chances(old), _chances(new)
    for (kind, name), now in after.items():
        was = before.get((kind, name))
        for level in LEVELS_PCT:
            if was is not None and (100 * was >= level) != (100 * now >= level):
                direction: Direction = "up" if now > was else "down"
                yield Crossing(what=kind, id=name, level_pct=level, direction=direction, before=was, after=now)


def _chances(projection: Projection) -> dict[tuple[Chance, str], float]:
    chances: dict[tuple[Chance, str], float] = {}
    for row in projection.lists:
        chances["list-passes", row.id] = row.p_pass
        chances["list-largest", row.id] = row.p_largest
    for bloc in projection.blocs:
        chances["bloc-majority", bloc.id] = bloc.p_majority
    return chances
