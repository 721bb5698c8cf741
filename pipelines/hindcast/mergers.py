"""What a merged list keeps of its parts: the same survey of the same firm, asked with the lists apart and as one.

The outcome is what a poll would print, never how people vote. A merger weighs one however often it was polled, and what
the others teach of it has to beat the sum of its parts to be used at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np

from electoral.polls import Poll, PollKind
from electoral.shares import Contest, derive
from pipelines.editions.schema import MergerEvidence
from pipelines.electorate import Campaign, Reference
from pipelines.ingest.archive import accept
from pipelines.trend.observations import Floats

FEWEST_MERGERS = 3  # with one left out two are left to learn from
SAMPLES, SEED = 10_000, 5


@dataclass(frozen=True, slots=True)
class MergerPair:
    """One survey printed with a list, and with its parts: the shares (0-1) of the one and of the others together.

    `merger` are the parties it has, so that one merger is one whatever its list was called.
    """

    election: str
    merger: frozenset[str]
    merged_poll: str
    parts_poll: str
    merged_share: float
    parts_share: float


def read_pairs(raw: Path, reference: Reference, electorate: str) -> list[MergerPair]:
    """The pairs of every campaign of an electorate that ships polls, the oldest first."""
    campaigns = sorted(reference.of(electorate), key=lambda campaign: campaign.election.vote_date)
    return [
        pair
        for campaign in campaigns
        if campaign.ships_polls
        for pair in merger_pairs(campaign, accept(raw, campaign)[0], campaign.contest)
    ]


def merger_pairs(campaign: Campaign, polls: Iterable[Poll], contest: Contest) -> Iterator[MergerPair]:
    """Every ordinary poll beside a scenario of its firm, outlet and day that has some of its lists as one, or apart."""
    surveys: dict[tuple[object, ...], list[Poll]] = defaultdict(list)
    for poll in polls:
        if poll.pollster and poll.kind is not PollKind.EXIT_POLL:
            surveys[poll.pollster, poll.publisher, poll.fieldwork.end].append(poll)
    for survey in surveys.values():
        for one, other in permutations(survey, 2):
            if {one.kind, other.kind} == {PollKind.POLL, PollKind.SCENARIO}:
                yield from _pairs(campaign, one, other, contest)


def _pairs(campaign: Campaign, merged: Poll, apart: Poll, contest: Contest) -> Iterator[MergerPair]:
    """Each list of `merged` whose parties stand in several lists of `apart`, and nowhere else there."""
    in_one, in_other = ({name: each.share for name, each in derive(poll, contest).items()} for poll in (merged, apart))
    for name, share in in_one.items():
        members = _members(campaign, name)
        parts = [part for part in in_other if part not in in_one and _members(campaign, part) <= members]
        found = [member for part in parts for member in _members(campaign, part)]
        together = sum(in_other[part] for part in parts)
        if len(parts) > 1 and sorted(found) == sorted(members) and share > 0 and together > 0:
            yield MergerPair(campaign.election.id, members, merged.id, apart.id, share, together)


def _members(campaign: Campaign, name: str) -> frozenset[str]:
    return campaign.lists[name].members if name in campaign.lists else frozenset({name})


def evidence(pairs: Sequence[MergerPair]) -> MergerEvidence | None:
    """What pairs teach, a merger weighing one; None under `FEWEST_MERGERS`."""
    by_merger: dict[frozenset[str], list[MergerPair]] = defaultdict(list)
    for pair in pairs:
        by_merger[pair.merger].append(pair)
    if len(by_merger) < FEWEST_MERGERS:
        return None
    kept = np.array([np.mean([_log_kept(pair) for pair in found]) for found in by_merger.values()])
    of_others = (kept.sum() - kept) / (len(kept) - 1)
    learned = np.array([_error_pct(found, kept_) for found, kept_ in zip(by_merger.values(), of_others, strict=True)])
    by_sum = np.array([_error_pct(found, 0.0) for found in by_merger.values()])
    picks = np.random.default_rng(SEED).integers(len(kept), size=(SAMPLES, len(kept)))
    low, high = np.quantile((learned - by_sum)[picks].mean(axis=1), [0.05, 0.95])
    default = float(kept.mean()) if high < 0 else 0.0
    squares = [np.mean([(_log_kept(pair) - default) ** 2 for pair in found]) for found in by_merger.values()]
    return MergerEvidence(
        elections=tuple(dict.fromkeys(pair.election for pair in pairs)),
        pairs=len(pairs),
        mergers=len(by_merger),
        kept=float(np.exp(kept.mean())),
        learned_error_pct=float(learned.mean()),
        sum_error_pct=float(by_sum.mean()),
        difference_pct=float((learned - by_sum).mean()),
        low_pct=float(low),
        high_pct=float(high),
        default=float(np.exp(default)),
        spread=float(np.sqrt(np.mean(squares))),
    )


def lessons(pairs: Sequence[MergerPair], held: Sequence[str]) -> dict[str, MergerEvidence]:
    """What is learned of all campaigns (`all`), of those that are over (`past`), and of each that is not, apart."""
    current = dict.fromkeys(pair.election for pair in pairs if pair.election not in held)
    chosen = {"all": list(pairs), "past": [pair for pair in pairs if pair.election in held]}
    chosen |= {name: [pair for pair in pairs if pair.election == name] for name in current}
    return {name: found for name, of in chosen.items() if (found := evidence(of))}


def _log_kept(pair: MergerPair) -> float:
    return float(np.log(pair.merged_share / pair.parts_share))


def _error_pct(pairs: Sequence[MergerPair], log_kept: float) -> float:
    """Mean absolute error of one merger's polls, in points of the vote."""
    errors: Floats = np.array([100 * abs(pair.merged_share - np.exp(log_kept) * pair.parts_share) for pair in pairs])
    return float(errors.mean())
