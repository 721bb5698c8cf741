"""The reverse question: what is the least that would give some lists a majority together, as printed?

The smallest uniform swing, a list that passes its threshold or fails it, an agreement signed or dropped: the printed
allocation of the draws has to have the majority.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from electoral.draws import SeatDraws, index_of
from electoral.errors import VotesError
from electoral.lists import Bloc
from electoral.printed_allocation import PrintedAllocation, printed_allocation
from electoral.scenarios import Change, Setting, UniformSwing


@dataclass(frozen=True, slots=True)
class PrintedSwing:
    """The smallest swing, a share of the valid votes (0-1), with which a printed allocation has the majority."""

    share: Fraction
    printed: PrintedAllocation


def least_printed_swing(
    setting: Setting,
    lists: Collection[str],
    blocs: Iterable[Bloc] = (),
    step: Fraction = Fraction(1, 1000),
    most: int = 150,
) -> PrintedSwing | None:
    """The fewest steps of a uniform swing to `lists` with which the printed allocation gives them a majority.

    None where `most` steps do not. Found by halving, since in no draw a swing takes a seat from those it favours; the
    answer has the majority and one step less has not. VotesError where no swing is needed.
    """
    blocs, lists = tuple(blocs), tuple(lists)

    def printed(steps: int) -> PrintedAllocation:
        swung = UniformSwing(lists, float(steps * step)).apply(setting) if steps else setting
        return printed_allocation(swung.allocate(), blocs)

    def has_majority(answer: PrintedAllocation) -> bool:
        return sum(answer.seats[name] for name in lists) >= setting.rules.majority

    if has_majority(printed(0)):
        raise VotesError(f"{', '.join(lists)} have the majority as printed: no swing is needed")
    allocation, low, high = printed(most), 0, most
    if not has_majority(allocation):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        answer = printed(middle)
        if has_majority(answer):
            allocation, high = answer, middle
        else:
            low = middle
    return PrintedSwing(high * step, allocation)


def printed_where(draws: SeatDraws, name: str, passes: bool, blocs: Iterable[Bloc] = ()) -> PrintedAllocation | None:
    """The allocation to print where a list passes its threshold, or fails it: of those draws; None without any."""
    chosen = draws.passes[index_of(draws.lists, name)] == passes
    if not chosen.any():
        return None
    return printed_allocation(SeatDraws(draws.lists, draws.seats[:, chosen], draws.passes[:, chosen]), blocs)


def with_printed_majority(
    setting: Setting, changes: Iterable[Change], lists: Collection[str], blocs: Iterable[Bloc] = ()
) -> list[tuple[Change, PrintedAllocation]]:
    """The changes after which the printed allocation gives `lists` a majority, each tried on the setting itself.

    `lists` and `blocs` must stand after each of them.
    """
    blocs = tuple(blocs)
    tried = ((change, printed_allocation(change.apply(setting).allocate(), blocs)) for change in changes)
    return [
        (change, printed)
        for change, printed in tried
        if sum(printed.seats[name] for name in lists) >= setting.rules.majority
    ]
