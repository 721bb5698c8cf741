"""What an edition must be before it is published: read back through the reader, it agrees with itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from electoral import projection as summary
from pipelines.editions.edition import Edition
from pipelines.editions.errors import EditionUnsound
from pipelines.editions.schema import BlocReference, ListReference, Named, Projection


def check(edition: Edition) -> None:
    """Raise EditionUnsound naming the first thing that is wrong; EditionDamaged where a file does not read back."""
    wrong = edition.damage() or next(_contradictions(edition), None)
    if wrong:
        raise EditionUnsound(f"{edition.election} {edition.id}: {wrong}; nothing was published")


def _contradictions(edition: Edition) -> Iterator[str]:
    found, manifest = edition.projection, edition.manifest
    said = (found.election, found.edition, found.as_of, found.kind)
    if said != (manifest.election, manifest.edition, manifest.as_of, manifest.kind):
        yield f"projection.json says {said}, which is not what its manifest says"
    yield from _draws(edition, found)
    yield from _numbers(edition, found)
    yield from _names(edition)


def _draws(edition: Edition, found: Projection) -> Iterator[str]:
    seats, shares = edition.seat_draws, edition.share_draws  # ShareDraws refuses NaN, negatives and sums above one
    wrong = np.flatnonzero(seats.seats.sum(axis=0) != found.house_size)
    if wrong.size:
        yield f"draw {wrong[0]} adds up to {seats.seats[:, wrong[0]].sum()}, not {found.house_size} seats"
    if seats.lists != shares.lists or seats.seats.shape != shares.shares.shape or seats.draws != found.draws:
        yield "seats and shares are not the same draws"
    if sum(found.allocation.values()) != found.house_size:
        yield f"the allocation adds up to {sum(found.allocation.values())}, not {found.house_size} seats"
    if {row.id for row in found.lists} != set(seats.lists):
        yield "the lists of the projection are not those of the draws"


def _numbers(edition: Edition, found: Projection) -> Iterator[str]:
    """What a page says of seats and chances must come out of the stored draws again."""
    draws = edition.seat_draws
    p_pass, p_largest = summary.p_pass(draws), summary.p_largest(draws)
    for row in found.lists:
        drawn = asdict(summary.summarise(draws.row(row.id)))
        if (row.seats or row.nowcast).model_dump() != drawn:
            yield f"the seats of {row.id} are not those of its draws"
        if (row.p_pass, row.p_largest) != (p_pass[row.id], p_largest[row.id]):
            yield f"the chances of {row.id} are not those of its draws"
    for bloc in found.blocs:
        if bloc.p_majority != summary.p_majority(draws, bloc.lists, found.majority):
            yield f"the chance of {bloc.id} is not that of its draws"
    for pair in edition.coalitions.combinations:
        if pair.p_majority != summary.p_majority(draws, pair.lists, found.majority):
            yield f"the chance of {', '.join(pair.lists)} is not that of their draws"


def _names(edition: Edition) -> Iterator[str]:
    """Every list, bloc, pollster and publisher that is spoken of has a name in each language of the electorate."""
    known = edition.reference
    polls = edition.polls.polls
    lists = {row.id for row in edition.projection.lists} | {line.id for line in edition.trend.lines}
    lists |= {value.list for poll in polls for value in poll.values} | set(edition.projection.result or {})
    spoken_of: Mapping[str, tuple[set[str], Sequence[ListReference | BlocReference | Named]]] = {
        "list": (lists, known.lists),
        "bloc": ({row.id for row in edition.projection.blocs}, known.blocs),
        "pollster": ({poll.pollster for poll in polls if poll.pollster}, known.pollsters),
        "publisher": ({poll.publisher for poll in polls if poll.publisher}, known.publishers),
    }
    for kind, (ids, rows) in spoken_of.items():
        names = {row.id: row.names for row in rows}
        for name in sorted(ids):
            if not all(names.get(name, {}).get(language, "").strip() for language in known.electorate.languages):
                yield f"{kind} {name!r} has no name in one of the languages"
