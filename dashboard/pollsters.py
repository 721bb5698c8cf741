"""The firms of a campaign: gaps from the pollsters' average, past records, who stands apart."""

from collections.abc import Sequence
from statistics import fmean

from dashboard.i18n import Translator
from dashboard.view import View
from pipelines.editions.errors import EditionDamaged
from pipelines.editions.schema import HouseEffect, PastRecord, Pollsters
from pipelines.editions.store import Edition

NONE = Pollsters(firms=[], apart=[], spread=None)


def firms_of(edition: Edition) -> Pollsters:
    """What the edition says of its firms; nothing where it was made before editions said so."""
    if not any((edition.folder / f"pollsters.json{packed}").is_file() for packed in ("", ".gz")):
        return NONE
    try:
        return edition.pollsters
    except EditionDamaged:
        return NONE


def name_of(view: View, pollster: str, t: Translator) -> str:
    """A firm's name; the outlet's where a poll named no firm and stands under its outlet."""
    reference = view.edition.reference
    found = next((item for item in (*reference.pollsters, *reference.publishers) if item.id == pollster), None)
    return t.name(found) if found else pollster


def short(name: str) -> str:
    """A firm's name without what stands in brackets: for a drawing, a column, a sentence.

    >>> short("Kantar (formerly TNS)")
    'Kantar'
    """
    return name.split(" (")[0]


def short_name(view: View, pollster: str, t: Translator) -> str:
    return short(name_of(view, pollster, t))


def of_list(effects: Sequence[HouseEffect], list_id: str) -> list[HouseEffect]:
    """Every firm's gap for one list, the highest first."""
    return sorted((row for row in effects if row.list == list_id), key=lambda row: (-row.effect_pct, row.pollster))


def of_firm(effects: Sequence[HouseEffect], pollster: str, order: Sequence[str]) -> list[HouseEffect]:
    """One firm's gaps, lists in the order given."""
    found = {row.list: row for row in effects if row.pollster == pollster}
    return [found[name] for name in order if name in found]


def by_polls(effects: Sequence[HouseEffect]) -> list[str]:
    """The firms with a gap, the one with most polls first."""
    polls: dict[str, int] = {}
    for row in effects:
        polls[row.pollster] = max(polls.get(row.pollster, 0), row.polls)
    return sorted(polls, key=lambda name: (-polls[name], name))


def stands_out(effect: HouseEffect) -> bool:
    """Whether the 90 % interval lies on one side of nought."""
    return effect.low_pct > 0 or effect.high_pct < 0


def mean_skill(record: Sequence[PastRecord]) -> float | None:
    """A firm's error over the field's, averaged over past elections; None without any."""
    return fmean(row.skill for row in record) if record else None


def mean_error(record: Sequence[PastRecord]) -> float | None:
    """The mean error of its final month's polls, in points, averaged over past elections."""
    return fmean(row.month_error_pct for row in record) if record else None
