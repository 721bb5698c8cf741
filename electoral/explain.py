"""An allocation, and what its next seat takes, told in plain English, or as plain values."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from fractions import Fraction
from itertools import groupby
from math import ceil

from electoral.apportionment import Allocation, Stage, Step, Tie, Unit
from electoral.next_seat import AgreementEffect, ListMargins, Margin, NextSeat, SeatClaim, Transfer
from electoral.rules import Divisor

_SEVERAL_SEATS = (Stage.QUOTA, Stage.ROUNDED, Stage.PAIR_QUOTA, Stage.PAIR_ROUNDED)


def explain(allocation: Allocation) -> list[str]:
    r"""How the seats came about, one sentence a line, in the order of the law.

    >>> from electoral.apparentement import allocate
    >>> from electoral.rules import ElectoralRules, Formula
    >>> rules = ElectoralRules(3, Fraction(3, 100), Formula.DHONDT)
    >>> print(*explain(allocate({"a": 62, "b": 36, "c": 2}, rules)), sep="\n")
    100 valid votes; the threshold is 3 of them. 2 lists qualify, with 98 votes; below it: c (2).
    Whole quotas of 32 votes (rounded down): a 1 (62 votes), b 1 (36 votes).
    A remaining seat goes to a: 62 ÷ 2 = 31, the largest average; it then holds 2.
    """
    return [
        _threshold(allocation),
        *_agreements(allocation),
        *_steps(allocation.steps),
        *(_tie(tie) for tie in allocation.ties),
        *_stopped(allocation),
    ]


def _number(value: Divisor) -> str:
    return str(value) if value == int(value) else f"{float(value):.2f}"


def _votes(count: int) -> str:
    return "1 vote" if count == 1 else f"{count} votes"


def _together(lists: Unit) -> str:
    return " with ".join(lists)


def _counts(names: Iterable[str], allocation: Allocation) -> str:
    return ", ".join(f"{name} ({allocation.votes[name]})" for name in names)


def _threshold(allocation: Allocation) -> str:
    under = {name for name, count in allocation.votes.items() if count < allocation.threshold_votes or not count}
    out = [name for name in allocation.votes if name not in allocation.qualifying]
    groups = {
        "below it": [name for name in out if name in under],
        "below its own, an alliance's threshold": [name for name in out if name not in under],
        "below it and taking part all the same": [name for name in allocation.qualifying if name in under],
    }
    tail = "".join(f"; {words}: {_counts(names, allocation)}" for words, names in groups.items() if names)
    lists = "1 list qualifies" if len(allocation.qualifying) == 1 else f"{len(allocation.qualifying)} lists qualify"
    return (
        f"{allocation.valid_votes} valid votes; the threshold is {ceil(allocation.threshold_votes)} of them. "
        f"{lists}, with {allocation.qualifying_votes} votes{tail}."
    )


def _agreements(allocation: Allocation) -> Iterator[str]:
    for outcome in allocation.agreements:
        if outcome.is_valid:
            yield f"{_together(outcome.lists)} count as one for the remaining seats: both qualify."
        else:
            out = [name for name in outcome.lists if name not in allocation.qualifying]
            missed = " and ".join(out)
            yield f"The agreement of {_together(outcome.lists)} is void: {missed} below the threshold."


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    for stage, group in groupby(steps, key=lambda step: step.stage):
        if stage in _SEVERAL_SEATS:
            for _, same in groupby(group, key=lambda step: step.divisor):
                yield _quotas(stage, list(same))
        else:
            yield from (_remaining(step) for step in group)


def _quotas(stage: Stage, steps: list[Step]) -> str:
    each = ", ".join(f"{_together(step.lists)} {step.seats} ({step.votes} votes)" for step in steps)
    divisor = _number(steps[0].divisor)
    if stage in (Stage.ROUNDED, Stage.PAIR_ROUNDED):
        inside = "Inside the pair, votes" if stage is Stage.PAIR_ROUNDED else "Votes"
        return f"{inside} ÷ {divisor}, rounded to the nearest: {each}."
    if stage is Stage.PAIR_QUOTA:
        return f"Inside the pair, whole quotas of {divisor} votes: {each}."
    rounding = "" if isinstance(steps[0].divisor, Fraction) else " (rounded down)"
    return f"Whole quotas of {divisor} votes{rounding}: {each}."


def _remaining(step: Step) -> str:
    """A seat by the largest average or remainder."""
    is_inside = step.stage in (Stage.PAIR_AVERAGE, Stage.PAIR_REMAINDER)
    where = "Inside the pair, a seat" if is_inside else "A remaining seat"
    holds = "it then holds" if len(step.lists) == 1 else "they then hold"
    if step.stage in (Stage.REMAINDER, Stage.PAIR_REMAINDER):
        quotas = f"{step.seats_after - 1} × {_number(step.divisor)}"
        claim = f"{step.votes} - {quotas} = {_number(step.remainder)}, the largest remainder"
    else:
        claim = f"{step.votes} ÷ {_number(step.divisor)} = {_number(step.average)}, the largest average"
    return f"{where} goes to {_together(step.lists)}: {claim}; {holds} {step.seats_after}."


def _tie(tie: Tie) -> str:
    seats = "1 seat is" if tie.seats == 1 else f"{tie.seats} seats are"
    return (
        f"{seats} tied between {' and '.join(tie.lists)} at {_number(tie.claim)} votes: "
        "only a lot can say, and nobody's count has it."
    )


def _stopped(allocation: Allocation) -> Iterator[str]:
    for standing in allocation.standings:
        if standing.is_stopped:
            yield (
                f"{_together(standing.lists)} stopped at {standing.seats} seats: "
                "half of the house, without more than half of the qualifying votes."
            )


def explain_next_seat(result: NextSeat) -> list[str]:
    r"""Who holds the last seat and who is next, how far every list is from either, and what each agreement changed.

    >>> from electoral.next_seat import next_seat
    >>> from electoral.rules import ElectoralRules, Formula
    >>> rules = ElectoralRules(3, Fraction(3, 100), Formula.DHONDT)
    >>> lines = explain_next_seat(next_seat({"a": 62, "b": 36, "c": 2}, rules))
    >>> print(*lines[:2], lines[-1], sep="\n")
    The last seat is a's: 62 ÷ 2 = 31, the smallest average with a seat.
    Next in line is a: 62 ÷ 3 = 20.67, the largest average without one.
    c (no seat): one more, from a, with 30 votes more (29: by lot) or 20 of a's; 2 votes short of the threshold.
    """
    return [
        *_last_and_next(result),
        *(_list(name, margins) for name, margins in result.margins.items()),
        *(_effect(effect) for effect in result.agreements),
    ]


def _last_and_next(result: NextSeat) -> Iterator[str]:
    if result.allocation.ties:
        yield from (_tie(tie) for tie in result.allocation.ties)
    elif result.last:
        yield f"The last seat is {_possessive(result.last)}: {_claim(result.last, 'smallest', 'with a seat')}."
    if result.next_claim:
        claim = result.next_claim
        yield f"Next in line is {' or '.join(claim.lists)}{_of_pair(claim)}: {_claim(claim, 'largest', 'without one')}."


def _possessive(claim: SeatClaim) -> str:
    return f"{' or '.join(claim.lists)}'s{_of_pair(claim)}"


def _of_pair(claim: SeatClaim) -> str:
    return f", of the pair {_together(claim.unit)}" if len(claim.unit) > 1 else ""


def _claim(claim: SeatClaim, size: str, rank: str) -> str:
    if isinstance(claim.votes, Fraction):
        return f"a remainder of {_number(claim.votes)} votes, the {size} {rank}"
    return f"{claim.votes} ÷ {_number(claim.divisor)} = {_number(claim.claim)}, the {size} average {rank}"


def _list(name: str, margins: ListMargins) -> str:
    seats = {0: "no seat", 1: "1 seat"}.get(margins.seats, f"{margins.seats} seats")
    parts = []
    if margins.gain:
        parts.append(_margin(margins.gain, margins.seats, 1))
    if margins.loss:
        parts.append(_margin(margins.loss, margins.seats, -1))
    if margins.threshold_votes is not None and margins.threshold_votes < 0:
        parts.append(f"{_votes(-margins.threshold_votes)} short of the threshold")
    return f"{name} ({seats}): {'; '.join(parts)}."


def _margin(margin: Margin, held: int, sign: int) -> str:
    direction, way, preposition = ("more", "more", "from") if sign > 0 else ("fewer", "less", "to")
    difference = abs(margin.seats_after - held)
    others = [name for name, change in margin.changes.items() if change * sign < 0]
    return (
        f"{'one' if difference == 1 else difference} {direction}"
        + (f", {preposition} {', '.join(others)}," if others else "")
        + f" with {_votes(margin.votes)} {way}"
        + {None: "", 0: " (now by lot)"}.get(margin.lot_votes, f" ({margin.lot_votes}: by lot)")
        + _transfer(margin.transfer, sign)
    )


def _transfer(transfer: Transfer | None, sign: int) -> str:
    if transfer is None or transfer.votes is None:
        return ""
    return (
        f" or {transfer.votes} of {transfer.other}'s" if sign > 0 else f" or {transfer.votes} gone to {transfer.other}"
    )


def _effect(effect: AgreementEffect) -> str:
    pair = _together(effect.lists)
    if not effect.is_valid:
        return f"The agreement of {pair} is void."
    if not effect.changes:
        return f"The agreement of {pair} moves no seat."
    moved = ", ".join(f"{name} {moved:+d}" for name, moved in effect.changes.items())
    return f"The agreement of {pair} moves seats: {moved}."


# As plain values


def allocation_document(allocation: Allocation) -> dict[str, object]:
    """An allocation as plain values, with every step: what `allocate --json` prints."""
    return {
        "seats": dict(allocation.seats),
        "qualifying": list(allocation.qualifying),
        "quota": _plain(allocation.quota),
        "agreements": [{"lists": list(one.lists), "valid": one.is_valid} for one in allocation.agreements],
        "ties": [{"lists": list(tie.lists), "seats": tie.seats} for tie in allocation.ties],
        "steps": [
            {
                "stage": step.stage.value,
                "lists": list(step.lists),
                "seats": step.seats,
                "votes": step.votes,
                "divisor": _plain(step.divisor),
                "average": float(step.average),
                "seats_after": step.seats_after,
            }
            for step in allocation.steps
        ],
    }


def next_seat_document(result: NextSeat) -> dict[str, object]:
    """What the next seat takes, as plain values: what `next-seat --json` prints and the night of a count keeps."""
    allocation = result.allocation
    return {
        "seats": dict(allocation.seats),
        "ties": [{"lists": list(tie.lists), "seats": tie.seats} for tie in allocation.ties],
        "last": _claim_document(result.last),
        "next": _claim_document(result.next_claim),
        "lists": {
            name: {
                "seats": margins.seats,
                "threshold_votes": margins.threshold_votes,
                "gain": _margin_document(margins.gain),
                "loss": _margin_document(margins.loss),
            }
            for name, margins in result.margins.items()
        },
        "agreements": [
            {"lists": list(effect.lists), "valid": effect.is_valid, "changes": dict(effect.changes)}
            for effect in result.agreements
        ],
    }


def _claim_document(claim: SeatClaim | None) -> dict[str, object] | None:
    if claim is None:
        return None
    return {
        "lists": list(claim.lists),
        "unit": list(claim.unit),
        "votes": _plain(claim.votes),
        "divisor": _plain(claim.divisor),
        "average": float(claim.claim),
    }


def _margin_document(margin: Margin | None) -> dict[str, object] | None:
    if margin is None:
        return None
    return asdict(margin) | {"changes": dict(margin.changes)}


def _plain(value: Divisor) -> int | float:
    """A whole number as it is, a fraction as JSON can hold it."""
    return int(value) if value == int(value) else float(value)
