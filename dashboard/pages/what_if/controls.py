"""What a reader can change: chips, menus and steps, each an address."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil
from typing import Literal

from dashboard.address import BETWEEN
from dashboard.blocks import Choice, Control, Href, Join, Name, Number, Words, href, words
from dashboard.names import list_name, uncoloured
from dashboard.pages.shared import chip, options
from dashboard.pages.what_if.numbers import Pair, Plan
from dashboard.seats import has_agreements
from dashboard.view import View
from pipelines.editions.store import Edition

NOBODY = "nobody"
ASK, BLOC = "ask", "bloc"  # where votes go: not said yet, spread over the bloc of who withdraws
TYPED = "v-"  # before a list, the parameter of the share that was typed for it
STEPS_PCT = ("1", "-3", "-2", "-1", "-0.5", "0.5", "2", "3")
RETENTION_PCT = ("100", "90", "80", "70")
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
    chosen = view.choice("list")
    parts = [
        *([_votes_to(view, order)] if wanted.withdrawn else []),
        _lists(view, wanted, order),
        *(_of_one(view, wanted, chosen, order) if chosen != NOBODY else ()),
        *([_steps(view, "keep", words("what_if.keep"), sorted(RETENTION_PCT, key=int))] if wanted.united else []),
        *([_steps(view, "part", words("what_if.part_pct"), PARTS_PCT)] if wanted.halved else []),
        *_agreements(view, wanted, order),
        _steps(view, "threshold", words("what_if.threshold"), thresholds(view.edition)),
    ]
    return tuple(parts)


def _votes_to(view: View, order: Sequence[str]) -> Control:
    """Where the votes of lists that withdraw go: asked in full until it was answered, then behind a line."""
    labels: list[tuple[str, Words | Name]] = [(BLOC, words("what_if.to_bloc")), (NOBODY, words("what_if.to_nobody"))]
    standing = [name for name in order if name not in view.subset("out")]
    labels += [(name, uncoloured(list_name(view, name))) for name in standing]
    is_asked = view.choice("to") == ASK
    choices = tuple(Choice(value, label, href(to=value), view.choice("to") == value) for value, label in labels)
    return Control("to", "to", words("what_if.to"), choices, "switch" if is_asked else "menu", classes=PLACE)


def _lists(view: View, wanted: Plan, order: Sequence[str]) -> Control:
    """One row of lists; pressing one shows what can be done with it, what was done stands beside its name."""
    chosen = view.choice("list")
    chips = [
        chip(
            "list",
            name,
            list_name(view, name),
            href(list=NOBODY if name == chosen else name),
            name == chosen,
            *_done(wanted, name),
        )
        for name in order
    ]
    chips.append(Choice("", words("coalitions.clear"), href(view.path), id="clear"))
    return Control("list", "list", words("what_if.list"), tuple(chips), "chips", classes=f"tight {PLACE}")


def _done(wanted: Plan, name: str) -> tuple[Words, ...]:
    """What was changed of a list, in a word each."""
    marks = []
    if name in wanted.withdrawn:
        marks.append(words("what_if.out_mark"))
    if name in wanted.merged:
        marks.append(words("what_if.merge_mark"))
    if name == wanted.halved:
        marks.append(words("what_if.split_mark"))
    if name == wanted.shifted and wanted.shift:
        marks.append(words("what_if.moved", name="", n=Number(100 * wanted.shift, 1, "signed")))
    return tuple(marks)


def _of_one(view: View, wanted: Plan, name: str, order: Sequence[str]) -> tuple[Control, ...]:
    """What can be done with one list: it withdraws, runs with another, splits, gains or loses."""
    out = [other for other in order if (other in wanted.withdrawn) != (other == name)]
    split = NOBODY if wanted.divided == name else name
    deeds = (
        chip("do", "out", words("what_if.out"), href(out=",".join(out)), name in wanted.withdrawn),
        chip("do", "split", words("what_if.split"), href(split=split), wanted.divided == name),
    )
    own_name = uncoloured(list_name(view, name))
    with_whom = tuple(
        Choice(other, uncoloured(list_name(view, other)), _together(view, name, other, order), other in wanted.merged)
        for other in order
        if other != name
    )
    now = float(view.choice("by")) if wanted.shifted == name else 0.0
    steps = tuple(
        Choice(
            step,
            _step("by", step),
            href(swing=name, by=step) if float(step) else href(swing=NOBODY, by=""),
            float(step) == now,
        )
        for step in sorted({*STEPS_PCT, "0"}, key=float)
    )
    return (
        Control("do", "out", words("what_if.moved", name=own_name, n=""), deeds, "chips", classes=f"tight {PLACE}"),
        Control("merge", "merge", words("what_if.merge"), with_whom, "menu", classes=PLACE),
        Control("by", "by", words("what_if.swing"), steps, classes=PLACE),
    )


def _together(view: View, name: str, other: str, order: Sequence[str]) -> Href:
    """The address in which two lists run together, beside those that already do; or the second no longer."""
    now = set(view.subset("merge"))
    after = now - {other} if other in now and name in now else now | {name, other}
    return href(merge=",".join(item for item in order if item in after and len(after) > 1))


def reverse_control(view: View, named: Sequence[tuple[str, Name]]) -> Control:
    """Whose majority the reverse question asks of."""
    labels: list[tuple[str, Words | Name]] = [(NOBODY, words("what_if.reverse_none")), *named]
    choices = tuple(Choice(value, label, href(ask=value), view.choice("ask") == value) for value, label in labels)
    return Control("ask", "ask", words("what_if.reverse"), choices)


def typed_control(view: View) -> Control:
    """A field a list, filled with what was typed or else with the polls' average."""
    is_typed = any(view.typed(f"{TYPED}{name}") is not None for name in view.order.ids)
    fields = []
    for item in view.order.all:
        typed = view.typed(f"{TYPED}{item.id}")
        share = typed if is_typed else round(item.trend_share_pct, 1)
        value = "" if share is None else f"{share:g}"
        fields.append(Choice(value, list_name(view, item.id), href(), id=f"{TYPED}{item.id}"))
    return Control("typed-shares", TYPED, words("what_if.typed"), tuple(fields), "form")


def _steps(view: View, name: str, title: Words, steps: Sequence[str]) -> Control:
    """A few numbers in per cent."""
    numbers = sorted({*steps, options(view, name)[0], view.choice(name)}, key=float)
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
    controls = [Control("agreements", "drop", title, tuple(chips), "chips", classes=f"tight {PLACE}")] if chips else []
    if free:
        choices = tuple(Choice(BETWEEN.join(pair), _names(view, pair), _with(view, "sign", pair)) for pair in free)
        controls.append(Control("sign", "sign", words("what_if.sign"), choices, "menu", classes=PLACE))
    return tuple(controls)


def _awaited(view: View, order: Sequence[str], signed: Sequence[Pair]) -> dict[Pair, str]:
    """Agreements that were reported or expected and could be signed, as the address names them, with their status."""
    bound = {name for pair in signed for name in pair}
    awaited: dict[Pair, str] = {}
    for agreement in view.edition.reference.agreements_said or []:
        if agreement.status != "signed" and set(agreement.lists) <= set(order) and not bound & set(agreement.lists):
            one, other = sorted(agreement.lists, key=order.index)
            awaited[one, other] = agreement.status
    return awaited


def _agreement(view: View, wanted: Plan, name: Literal["drop", "sign"], pair: Pair, status: str = "signed") -> Choice:
    """An agreement in force is a pressed chip; pressing it takes the agreement away or puts it back."""
    is_void = bool({*wanted.withdrawn, *wanted.united, wanted.halved} & set(pair))
    is_there = not is_void and (pair in wanted.signed if name == "sign" else pair not in wanted.dropped)
    mark = () if status == "signed" else (words(f"threshold.{status}"),)
    return chip(name, BETWEEN.join(pair), _names(view, pair), _with(view, name, pair), is_there, *mark)


def _names(view: View, pair: Pair) -> Join:
    names: list[Name] = [uncoloured(list_name(view, item)) for item in pair]
    return Join(tuple(names), " + ")


def _with(view: View, name: str, pair: Pair) -> Href:
    """The address with a pair put into a set, or taken out of it."""
    pairs = set(view.subset(name)) ^ {BETWEEN.join(pair)}
    return href(**{name: ",".join(sorted(pairs))})
