"""What blocks of every page share: where they come from, and the few controls that all pages have."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from dashboard.address import CARRIED
from dashboard.address import Choice as Options
from dashboard.blocks import (
    Block,
    Choice,
    Control,
    Inline,
    InputRef,
    Join,
    Kind,
    Name,
    Note,
    Paragraph,
    SourceRef,
    Values,
    Words,
    href,
)
from dashboard.names import first_text
from dashboard.view import View
from pipelines.editions.schema import Licence
from pipelines.editions.store import Edition

EDITIONS_REMEMBERED = 12


def make(view: View, page: str, block_id: str, kind: Kind, values: Values, **more: Any) -> Block:
    """A block of a page, with what it rests on: the edition, its polls and their sources."""
    sources, inputs = _origin(view.edition)
    changing = (name for name in CARRIED if name in view.parameters)
    more["parameters"] = (*more.get("parameters", ()), *changing)
    projection = view.projection
    return Block(
        id=block_id,
        page=page,
        kind=kind,
        values=values,
        edition=view.edition.id,
        as_of=projection.as_of,
        last_poll=projection.polls.latest_fieldwork_end,
        **{"finding": None, "sources": sources, "inputs": inputs, **more},
    )


def opening(
    view: View, page: str, values: Values, finding: Words | Join, lead: Iterable[Note], parameters: Sequence[str] = ()
) -> Block:
    """A page's headline, and what stands beneath it."""
    return make(
        view, page, "headline", "headline", values, finding=finding, lead=tuple(lead), parameters=tuple(parameters)
    )


@lru_cache(maxsize=EDITIONS_REMEMBERED)
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
    found = next((one for one in licences if one.source in name.lower()), None)
    licence, attribution = (first_text(found.licences), first_text(found.attributions)) if found else ("", name)
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
