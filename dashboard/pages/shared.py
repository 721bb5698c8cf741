"""What blocks of every page share: where they come from, and the few controls that all pages have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.address import BETWEEN, CARRIED, LEAVE, Subset
from dashboard.address import Choice as Options
from dashboard.blocks import (
    Block,
    BlockType,
    Choice,
    Control,
    Href,
    Inline,
    InputRef,
    Join,
    Name,
    Paragraph,
    SourceRef,
    Values,
    Words,
    href,
    words,
)
from dashboard.left_out import KINDS
from dashboard.names import first_text, source_name
from dashboard.seats import once_an_edition
from dashboard.view import View
from pipelines.editions.schema import Licence
from pipelines.editions.store import Edition


class Blocks:
    """The blocks of a page, each declared once."""

    def __init__(self, page: str, *types: BlockType) -> None:
        self.page, self.types = page, types

    def make(self, view: View, block_id: str, values: Values, **parts: Any) -> Block:
        """A block as it was declared, with what `parts` says of it and what it rests on: edition, polls, sources.

        `said` is a finding that also stands quietly before the figure and table, `noted` one that stands after them.
        """
        declared = next(one for one in self.types if one.id == block_id)
        for name, place in (("said", "lead"), ("noted", "notes")):
            if name in parts:
                parts["finding"] = parts.pop(name)
                parts[place] = (quiet(parts["finding"]), *parts.get(place, ()))
        heading = parts.setdefault("heading", Words(declared.title) if declared.title else None)
        finding, table = parts.setdefault("finding", None), parts.get("table")
        if table is not None and table.caption == Words(""):
            parts["table"] = replace(table, caption=heading or finding)
        sources, inputs = _origin(view.edition)
        changing = tuple(name for name in CARRIED if name in view.parameters)
        same = {
            name: getattr(declared, name) for name in ("id", "kind", "figure", "classes", "is_announced", "embeddable")
        }
        rests_on = {
            "page": self.page,
            "edition": view.edition.id,
            "as_of": view.projection.as_of,
            "last_poll": view.projection.polls.latest_fieldwork_end,
            "sources": sources,
            "inputs": inputs,
        }
        parameters = (*parts.pop("parameters", declared.parameters), *changing)
        return Block(values=values, parameters=parameters, **{**same, **rests_on, **parts})


@once_an_edition
def _origin(edition: Edition) -> tuple[tuple[SourceRef, ...], frozenset[InputRef]]:
    """The sources of an edition's polls, the one with most first, and every poll's revision."""
    polls = edition.polls.polls
    counts = Counter(poll.source for poll in polls)
    inputs = {InputRef("poll", poll.poll, poll.revision) for poll in polls}
    if edition.projection.result is not None:
        inputs.add(InputRef("result", edition.election))
    licences = edition.reference.electorate.licences
    return tuple(_source(name, licences) for name, _ in counts.most_common()), frozenset(inputs)


def _source(name: str, licences: Sequence[Licence]) -> SourceRef:
    """A source as the polls name it, by its id or by an address of its host, with its licence where one is given."""
    is_address = name.startswith(("https://", "http://"))
    entry = next((one for one in licences if one.source in name.lower()), None)
    licence, attribution = (first_text(entry.licences), first_text(entry.attributions)) if entry else ("", name)
    return SourceRef(name, name if is_address else None, licence, attribution)


def quiet(*parts: Inline) -> Paragraph:
    return Paragraph(parts)


def options(view: View, name: str) -> tuple[str, ...]:
    """What a parameter of one choice offers."""
    parameter = view.parameters[name]
    assert isinstance(parameter, Options)
    return parameter.options


def switch(
    view: View,
    name: str,
    title: Words,
    labels: Sequence[tuple[str, Words | Name]],
    *,
    style: str = "switch",
    **also: str,
) -> Control:
    """One of a parameter's options, each at its own address; `also` is state that changes with any of them."""
    choices = tuple(
        Choice(value, label, href(**{**also, name: value}), view.choice(name) == value) for value, label in labels
    )
    assert style in ("switch", "menu")
    return Control(name, name, title, choices, "menu" if style == "menu" else "switch")


def toggled(pressed: Sequence[str], one: str) -> list[str]:
    """What is pressed once this one is: without it where it was."""
    return [other for other in pressed if other != one] if one in pressed else [*pressed, one]


def chip(name: str, value: str, label: Words | Name | Join, address: Href, is_pressed: bool, *detail: Inline) -> Choice:
    """A choice that a press takes or lets go; its place on the page is called `name` and the value."""
    return Choice(value, label, address, is_pressed, detail, id=f"{name}-{value.replace(BETWEEN, '-')}", classes="chip")


def leaving_out(view: View) -> tuple[Control, ...]:
    """Whose polls are left out: a press leaves out, or takes in again; one row a kind."""
    if LEAVE not in view.parameters or view.is_frozen:
        return ()
    left, offered = view.left, view.parameters[LEAVE]
    assert isinstance(offered, Subset)
    controls = []
    for kind in KINDS:
        options = [option for option in offered.options if option.startswith(kind + BETWEEN)]
        chips = tuple(
            chip(LEAVE, one, source_name(view, one), href(leave=",".join(toggled(left, one))), one in left)
            for one in options
        )
        if chips:
            title = words(f"left_out.{kind}")
            controls.append(Control(f"leave-{kind}", LEAVE, title, chips, "chips", classes="tight", is_folded=True))
    return tuple(controls)
