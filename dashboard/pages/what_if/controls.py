"""What a reader can change: chips, menus and steps, each an address."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil
from typing import Literal

from dashboard.blocks import Choice, Control, Href, Join, Name, Number, Words, href, words
from dashboard.names import list_name, uncoloured
from dashboard.pages.shared import options
from dashboard.pages.what_if.numbers import Pair, Plan
from dashboard.simulation import has_agreements
from dashboard.view import View
from pipelines.editions.store import Edition

NOBODY = "nobody"
BETWEEN = "."  # of the two lists of an agreement, in an address
STEPS_PCT = ("1", "-3", "-2", "-1", "-0.5", "0.5", "2", "3")
KEPT_PCT = ("100", "90", "80", "70")
PARTS_PCT = ("50", "60", "70", "80", "90")
STEPS_OF_THRESHOLD = (0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5)  # per cent, offered beside the rule's own and those near it
ONCE_OFFERED = ("3.25",)  # in addresses from before; no longer among the choices where it is not the rule's
MOST_DECIMALS = 2
PLACE = "five"  # beside the outcome


def thresholds(edition: Edition) -> tuple[str, ...]:
    """The thresholds a reader can choose, in per cent: the rule's own first, others up to some points above it."""
    own = edition.projection.threshold_pct
    above = (ceil(own) + 1, ceil(own) + 2)
    return _written((own, *STEPS_OF_THRESHOLD, *above))


def _written(numbers: Iterable[float]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{number:g}" for number in numbers))


def controls(view: View, wanted: Plan) -> tuple[Control, ...]:
    """Every control of the page in its order; what only makes sense after another stands after it."""
    order = view.order.ids
    found = [
        _chips(view, "out", words("what_if.out"), order, wanted.withdrawn),
        *([_menu(view, "to", words("what_if.to"), [NOBODY, *order])] if wanted.withdrawn else []),
        _chips(view, "merge", words("what_if.merge"), order, wanted.merged),
        *([_steps(view, "keep", words("what_if.keep"), sorted(KEPT_PCT, key=int))] if wanted.united else []),
        _menu(view, "split", words("what_if.split"), [NOBODY, *order]),
        *([_steps(view, "part", words("what_if.part_pct"), PARTS_PCT)] if wanted.halved else []),
        _menu(view, "swing", words("what_if.swing"), [NOBODY, *order]),
        *([_steps(view, "by", words("what_if.by"), sorted(STEPS_PCT, key=float))] if wanted.shifted else []),
        *_agreements(view, wanted, order),
        _steps(view, "threshold", words("what_if.threshold"), thresholds(view.edition)),
    ]
    return tuple(found)


def _chips(view: View, name: str, title: Words, order: Sequence[str], chosen: Sequence[str]) -> Control:
    """A chip a list; pressing it puts the list in or takes it out."""
    chips = []
    for item in order:
        after = [other for other in order if (other in chosen) != (other == item)]
        address = href(**{name: ",".join(after)})
        chips.append(Choice(item, list_name(view, item), address, item in chosen, id=f"{name}-{item}", classes="chip"))
    if name == "out":
        chips.append(Choice("", words("coalitions.clear"), href(view.path), id="clear"))
    return Control(name, name, title, tuple(chips), "chips", classes=f"tight {PLACE}")


def _menu(view: View, name: str, title: Words, found: Sequence[str]) -> Control:
    """One of the lists, or nobody."""
    choices = tuple(
        Choice(
            option,
            words("what_if.nobody") if option == NOBODY else uncoloured(list_name(view, option)),
            href(**{name: option}),
            view.choice(name) == option,
        )
        for option in found
    )
    return Control(name, name, title, choices, "menu", classes=PLACE)


def _steps(view: View, name: str, title: Words, found: Sequence[str]) -> Control:
    """A few numbers in per cent."""
    numbers = sorted({*found, options(view, name)[0], view.choice(name)}, key=float)
    choices = tuple(
        Choice(option, _step(name, option), href(**{name: option}), view.choice(name) == option) for option in numbers
    )
    return Control(name, name, title, choices, classes=PLACE)


def _step(name: str, option: str) -> Number:
    decimals = min(MOST_DECIMALS, len(option.partition(".")[2]))
    return Number(float(option), decimals, "signed" if name == "by" else "percent")


def _agreements(view: View, wanted: Plan, order: Sequence[str]) -> tuple[Control, ...]:
    """The signed ones, each to be dropped; those reported or expected, and pairs that are free, to be signed."""
    if not has_agreements(view.edition):
        return ()
    signed = [pair for pair in view.edition.reference.agreements if set(pair) <= set(order)]
    awaited = _awaited(view, order, signed)
    chips = [_agreement(view, wanted, "drop", pair) for pair in signed]
    chips += [_agreement(view, wanted, "sign", pair, status) for pair, status in awaited.items()]
    chips += [_agreement(view, wanted, "sign", pair) for pair in wanted.signed if pair not in awaited]
    bound = {name for pair in signed if pair not in wanted.dropped for name in pair}
    bound |= {name for pair in wanted.signed for name in pair}
    bound |= {*wanted.withdrawn, *wanted.united, *([wanted.halved] if wanted.halved else [])}
    free = [pair for pair in combinations([name for name in order if name not in bound], 2) if pair not in awaited]
    title = words("what_if.agreements")
    found = [Control("agreements", "drop", title, tuple(chips), "chips", classes=f"tight {PLACE}")] if chips else []
    if free:
        choices = tuple(Choice(BETWEEN.join(pair), _names(view, pair), _with(view, "sign", pair)) for pair in free)
        found.append(Control("sign", "sign", words("what_if.sign"), choices, "menu", classes=PLACE))
    return tuple(found)


def _awaited(view: View, order: Sequence[str], signed: Sequence[Pair]) -> dict[Pair, str]:
    """Agreements that were reported or expected and could be signed, as the address names them, with their status."""
    bound = {name for pair in signed for name in pair}
    found: dict[Pair, str] = {}
    for said in view.edition.reference.agreements_said or []:
        if said.status != "signed" and set(said.lists) <= set(order) and not bound & set(said.lists):
            one, other = sorted(said.lists, key=order.index)
            found[one, other] = said.status
    return found


def _agreement(view: View, wanted: Plan, name: Literal["drop", "sign"], pair: Pair, status: str = "signed") -> Choice:
    """An agreement in force is a pressed chip; pressing it takes the agreement away or puts it back."""
    is_void = bool({*wanted.withdrawn, *wanted.united, wanted.halved} & set(pair))
    is_there = not is_void and (pair in wanted.signed if name == "sign" else pair not in wanted.dropped)
    mark = () if status == "signed" else (words(f"threshold.{status}"),)
    return Choice(
        BETWEEN.join(pair),
        _names(view, pair),
        _with(view, name, pair),
        is_there,
        mark,
        id=f"{name}-{'-'.join(pair)}",
        classes="chip",
    )


def _names(view: View, pair: Pair) -> Join:
    names: list[Name] = [uncoloured(list_name(view, item)) for item in pair]
    return Join(tuple(names), " + ")


def _with(view: View, name: str, pair: Pair) -> Href:
    """The address with a pair put into a set, or taken out of it."""
    said = set(view.subset(name)) ^ {BETWEEN.join(pair)}
    return href(**{name: ",".join(sorted(said))})
