"""Blocks of what decides: votes to the next seat, the threshold, the last seat with its steps, and the agreements."""

from collections.abc import Mapping

from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Column,
    Disclosure,
    Join,
    Line,
    Lines,
    Missing,
    Number,
    Table,
    Words,
    words,
)
from dashboard.names import joined
from dashboard.pages.night import numbers
from dashboard.pages.night.numbers import CountShown, name_of
from dashboard.pages.shared import Blocks
from dashboard.view import View
from pipelines.editions.schema.vote import Claim, Effect, NextVotes, SeatStep

NAME = "night"


BLOCKS = Blocks(
    "night",
    BlockType("next-seat", numbers.NextSeatValues, "table", "night.next_seat"),
    BlockType("within-reach", numbers.ReachValues, "note", "night.reach"),
    BlockType("last-seat", numbers.LastSeatValues, "note", "night.last_seat"),
    BlockType("agreements", numbers.AgreementsValues, "note", "night.agreements"),
)


def blocks(view: View, count: CountShown) -> tuple[Block, ...]:
    agreements = (_agreements(view, count),) if count.standing.agreements else ()
    return _next_seat(view, count), _reach(view, count), _last_seat(view, count), *agreements


# Votes to the next seat


def _next_seat(view: View, count: CountShown) -> Block:
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("seats", words("table.seats"), "seats", "int"),
        Column("gain_votes", words("night.gain"), "count", "int", description=words("night.gain_about")),
        Column("gain_transfer", words("night.transfer"), under="gain_votes"),
        Column("loss_votes", words("night.loss"), "count", "int", description=words("night.loss_about")),
        Column("loss_transfer", words("night.transfer"), under="loss_votes"),
    )
    values, rows = [], []
    for name in count.order:
        item = count.standing.lists[name]
        gain, loss = _move(item.gain), _move(item.loss)
        values.append(
            numbers.NextRow(
                list=name,
                seats=item.seats,
                gain_votes=gain[0],
                gain_from=gain[1],
                gain_transfer_votes=gain[2],
                loss_votes=loss[0],
                loss_to=loss[1],
                loss_transfer_votes=loss[2],
            )
        )
        rows.append(
            (
                name_of(view, count, name),
                item.seats,
                _votes(item.gain),
                _transfer(view, count, item.gain, "night.taken"),
                _votes(item.loss),
                _transfer(view, count, item.loss, "night.given"),
            )
        )
    note = words("night.next_seat_note")
    return BLOCKS.make(
        view,
        "next-seat",
        numbers.NextSeatValues(lists=tuple(values)),
        noted=note,
        table=Table(columns, tuple(rows), classes="numeric"),
    )


def _move(item: NextVotes | None) -> tuple[int | None, str | None, int | None]:
    if item is None:
        return None, None, None
    return item.votes, item.transfer.other if item.transfer else None, item.transfer.votes if item.transfer else None


def _votes(item: NextVotes | None) -> Cell:
    return Missing("none") if item is None or item.votes is None else item.votes


def _transfer(view: View, count: CountShown, item: NextVotes | None, key: str) -> Cell:
    if item is None or item.transfer is None or item.transfer.votes is None:
        return None
    return words(key, n=Number(item.transfer.votes), name=name_of(view, count, item.transfer.other))


# The threshold


def _reach(view: View, count: CountShown) -> Block:
    threshold = Number(count.standing.threshold_votes)
    near = count.vote.within_reach()
    spare = {name: count.standing.lists[name].threshold_votes for name in near}
    lines: list[tuple[Line, ...]] = []
    for name, votes in spare.items():
        if votes is not None:
            key = "night.over" if votes >= 0 else "night.short"
            line = words(key, name=name_of(view, count, name), n=Number(abs(votes)))
            lines.append(((line,),))
    finding = words("night.reach_some" if lines else "night.reach_none", threshold=threshold)
    return BLOCKS.make(
        view,
        "within-reach",
        numbers.ReachValues(threshold_votes=count.standing.threshold_votes, votes_to_spare=spare),
        finding=finding,
        notes=(Lines(tuple(lines)),) if lines else (),
    )


# The last seat


def _last_seat(view: View, count: CountShown) -> Block:
    standing = count.standing
    sentences: list[Argument] = [
        words("night.tied", names=_names(view, count, tie.lists), n=Number(tie.seats)) for tie in standing.ties
    ]
    if standing.last and not standing.ties:
        sentences.append(_claim(view, count, standing.last, "night.last"))
    if standing.next:
        sentences.append(_claim(view, count, standing.next, "night.following"))
    finding = Join(tuple(sentences), " ")
    steps = Lines(tuple(((_step(view, count, step),),) for step in standing.steps), is_ordered=True)
    return BLOCKS.make(
        view,
        "last-seat",
        numbers.LastSeatValues(
            holders=tuple(standing.last.lists) if standing.last else (),
            holder_average=standing.last.average if standing.last else None,
            following=tuple(standing.next.lists) if standing.next else (),
            following_average=standing.next.average if standing.next else None,
            tied=tuple(tuple(tie.lists) for tie in standing.ties),
        ),
        finding=finding,
        notes=(Disclosure("seat-steps", words("night.steps", n=Number(len(standing.steps))), (steps,)),),
    )


def _names(view: View, count: CountShown, lists: list[str]) -> Join:
    return joined([name_of(view, count, name) for name in lists])


def _claim(view: View, count: CountShown, claim: Claim, key: str) -> Words:
    """Whose claim it is, with its sum; a pair is named with its list."""
    if count.vote.seat_rule.formula.is_largest_remainder:
        return words(f"{key}_remainder", name=_names(view, count, claim.lists), n=Number(claim.votes))
    name: Argument = _names(view, count, claim.lists)
    if len(claim.unit) > 1:
        name = words("night.of_pair", name=name, pair=_names(view, count, claim.unit))
    return words(key, name=name, sum=_sum(claim.votes, claim.divisor, claim.average))


def _sum(votes: float, divisor: float, average: float) -> Words:
    digits = 0 if divisor == int(divisor) else 1
    return words(
        "night.sum",
        votes=Number(votes),
        divisor=Number(divisor, digits),
        average=Number(average, 2 if average % 1 else 0),
    )


def _step(view: View, count: CountShown, step: SeatStep) -> Words:
    """A step of the law: whole quotas at once, or one remaining seat; inside a pair it says so."""
    stage = step.stage.removeprefix("pair_")
    key = {"quota": "night.step_quota", "rounded": "night.step_rounded"}.get(stage, "night.step_seat")
    sentence = words(
        key,
        name=joined([name_of(view, count, name) for name in step.lists]),
        n=Number(step.seats),
        divisor=Number(step.divisor),
        sum=_sum(step.votes, step.divisor, step.average),
        after=Number(step.seats_after),
    )
    return words("night.step_inside", text=sentence) if step.stage != stage else sentence


# Agreements


def _agreements(view: View, count: CountShown) -> Block:
    effects = count.standing.agreements
    lines = tuple(((_effect(view, count, effect),),) for effect in effects)
    return BLOCKS.make(
        view,
        "agreements",
        numbers.AgreementsValues(agreements=tuple((one.lists, one.valid, one.changes) for one in effects)),
        finding=words("night.agreements_note"),
        notes=(Lines(lines),),
    )


def _effect(view: View, count: CountShown, effect: Effect) -> Words:
    pair = _names(view, count, list(effect.lists))
    if not effect.valid:
        return words("night.void", pair=pair)
    if not effect.changes:
        return words("night.moves_none", pair=pair)
    return words("night.moves", pair=pair, names=moved_seats(view, count, effect.changes))


def moved_seats(view: View, count: CountShown, changes: Mapping[str, int]) -> Join:
    """Lists with the seats they won or lost."""
    items = [Join((name_of(view, count, name), Number(n, style="signed")), " ") for name, n in changes.items()]
    return Join(tuple(items), ", ")
