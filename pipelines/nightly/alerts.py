"""Alerts: what a desk asked to be told of, as rules in `data/alerts.toml`, each event told once.

Rules look at what an edition changed, at sources and at the quarantine. New alerts are recorded by `tell`;
`nightly/outbox.py` sends them.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from pipelines.editions.records import Alert, Alerts, Changes, Direction, Runs, SourceRun
from pipelines.editions.store import Edition, EditionStore, last_good
from pipelines.editions.values import Value
from pipelines.electorate.folder import load
from pipelines.errors import EditionDamaged, RulesRefused, first_of
from pipelines.request import RefreshRequest, RefreshResult

RULES_FILE = "alerts.toml"
MOST_KEPT = 500
EVERY = "*"
T = TypeVar("T")

Percent = Annotated[int, Field(ge=1, le=99)]


class BlocChance(Value):
    """A bloc's chance of a majority crosses a level, in either direction unless one is named."""

    when: Literal["bloc-chance"]
    bloc: str = EVERY
    level_pct: Percent
    direction: Direction | None = None


class ListPasses(Value):
    """A list's chance to pass the threshold falls under a level."""

    when: Literal["list-passes"]
    list: str = EVERY
    below_pct: Percent


class LeadChanges(Value):
    """Another list has the most seats."""

    when: Literal["lead-changes"]


class SourceStale(Value):
    """A source has not answered for longer than this."""

    when: Literal["source-stale"]
    hours: Annotated[float, Field(gt=0)]


class QuarantineGrows(Value):
    """Rows were newly refused."""

    when: Literal["quarantine-grows"]


class Briefing(Value):
    """There is a new edition: the briefing of it, for channels."""

    when: Literal["briefing"]


Rule = Annotated[
    BlocChance | ListPasses | LeadChanges | SourceStale | QuarantineGrows | Briefing, Field(discriminator="when")
]
RULES = TypeAdapter(dict[str, Rule], config=ConfigDict(defer_build=True))


@dataclass(frozen=True, slots=True)
class Scene:
    """What rules look at: the campaign's current edition, what it changed, its sources and its quarantine."""

    election: str
    edition: str
    day: date
    now_utc: datetime
    changes: Changes | None
    sources: tuple[SourceRun, ...]
    quarantined: int
    newly_quarantined: int


def load_rules(data_dir: Path) -> dict[str, Rule]:
    """The rules by name, `[alert.<name>]`; none where there is no file. Raises RulesRefused."""
    return read_table(data_dir, "alert", RULES, "the rules are explained in data/alerts.toml")


def read_table(data_dir: Path, table: str, rows: TypeAdapter[dict[str, T]], remedy: str) -> dict[str, T]:
    """One table of alerts.toml, its rows by their names; none where there is no file. Raises RulesRefused."""
    path = data_dir / RULES_FILE
    try:
        return rows.validate_python(tomllib.loads(path.read_text("utf-8")).get(table, {}))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesRefused(f"{path}: {error}") from error
    except ValidationError as error:
        raise RulesRefused(f"{path}: {table}.{first_of(error)}; {remedy}") from error


def of_refresh(request: RefreshRequest, electorate: str, results: Sequence[RefreshResult]) -> list[Alert]:
    """What the rules say of an electorate's live campaigns; nothing of one that a publication ban freezes."""
    rules, store, alerts = load_rules(request.data_dir), request.store, list[Alert]()
    for result in results:
        if result.status == "frozen" or result.kind != "live" or result.edition is None:
            continue
        edition = store.open(result.election, result.edition)
        scene = _scene(store, electorate, edition, request.moment, result.quarantined, result.newly_quarantined)
        alerts += raised(rules, scene)
    return alerts


def dry_run(request: RefreshRequest) -> list[tuple[Alert, bool]]:
    """What the rules say of the editions that are live now, and whether it would be told; nothing is written.

    A campaign none of whose editions can be read is left out; `status` says what is wrong with it.
    """
    rules, reference, store = load_rules(request.data_dir), load(request.raw), request.store
    recorded_keys = {alert.key for name in reference.electorates for alert in recorded(store, name).alerts}
    alerts = list[Alert]()
    for election in store.current():
        try:
            edition = last_good(store, election).edition
        except EditionDamaged:
            continue
        if edition.manifest.kind != "live":  # its campaign may be gone
            continue
        campaign = reference.campaign(election)
        if not request.is_frozen(campaign):
            alerts += raised(rules, _scene(store, campaign.electorate.id, edition, request.moment, 0, 0))
    return [(alert, alert.key not in recorded_keys) for alert in alerts]


def _scene(
    store: EditionStore, electorate: str, edition: Edition, now: datetime, quarantined: int, newly: int
) -> Scene:
    run = store.record(Runs, electorate)
    return Scene(
        election=edition.election,
        edition=edition.id,
        day=edition.manifest.as_of,
        now_utc=now,
        changes=store.changes(edition.election, edition.id),
        sources=tuple(run.sources) if run else (),
        quarantined=quarantined,
        newly_quarantined=newly,
    )


def raised(rules: dict[str, Rule], scene: Scene) -> list[Alert]:
    """Every alert the rules raise over a scene, told before or not."""
    return [alert for name, rule in rules.items() for alert in _raised(name, rule, scene)]


def recorded(store: EditionStore, electorate: str) -> Alerts:
    """Every alert of an electorate that is kept, the newest last."""
    return store.record(Alerts, electorate) or Alerts(alerts=[])


def tell(store: EditionStore, electorate: str, raised: list[Alert]) -> list[Alert]:
    """Keep the alerts that were not told before, and return them: a feed tells them, and channels are sent them."""
    new = list[Alert]()

    def with_new(before: Alerts | None) -> Alerts | None:
        earlier = before.alerts if before else []
        keys = {alert.key for alert in earlier}
        new[:] = [alert for alert in raised if alert.key not in keys]
        alerts = [*earlier, *new][-MOST_KEPT:]
        return Alerts(alerts=alerts, deliveries=before.deliveries if before else ()) if new else None

    store.change(Alerts, electorate, with_new)
    return new


def _raised(name: str, rule: Rule, scene: Scene) -> Iterator[Alert]:
    match rule:
        case BlocChance():
            yield from _bloc_chance(name, rule, scene)
        case ListPasses():
            yield from _list_passes(name, rule, scene)
        case LeadChanges() if scene.changes and scene.changes.is_comparable:
            leader, before = scene.changes.leader_after, scene.changes.leader_before
            if leader and leader != before:
                yield _alert(name, rule, scene, leader, str(scene.day))
        case SourceStale():
            yield from _source_stale(name, rule, scene)
        case Briefing():
            yield _alert(name, rule, scene, scene.election, scene.edition)
        case QuarantineGrows() if scene.newly_quarantined:
            was = scene.quarantined - scene.newly_quarantined
            once = f"{scene.day}/{scene.quarantined}"
            yield _alert(name, rule, scene, scene.election, once, before=was, after=scene.quarantined)


def _bloc_chance(name: str, rule: BlocChance, scene: Scene) -> Iterator[Alert]:
    for bloc in scene.changes.blocs if scene.changes else []:
        direction = _crossed(rule.level_pct, bloc.p_majority_before, bloc.p_majority_after)
        if rule.bloc in (EVERY, bloc.id) and direction and rule.direction in (None, direction):
            moved = {"direction": direction, "before": bloc.p_majority_before, "after": bloc.p_majority_after}
            yield _alert(name, rule, scene, bloc.id, f"{scene.day}/{direction}", level_pct=rule.level_pct, **moved)


def _list_passes(name: str, rule: ListPasses, scene: Scene) -> Iterator[Alert]:
    for row in scene.changes.lists if scene.changes else []:
        before, after = row.p_pass_before, row.p_pass_after
        if rule.list not in (EVERY, row.id) or before is None or after is None:
            continue
        if _crossed(rule.below_pct, before, after) == "down":
            moved = {"direction": "down", "before": before, "after": after}
            yield _alert(name, rule, scene, row.id, str(scene.day), level_pct=rule.below_pct, **moved)


def _source_stale(name: str, rule: SourceStale, scene: Scene) -> Iterator[Alert]:
    for source in scene.sources:
        if source.election != scene.election or source.last_success_utc is None:
            continue
        last = datetime.fromisoformat(source.last_success_utc)
        hours = (scene.now_utc.astimezone(UTC) - last).total_seconds() / 3600
        if hours > rule.hours:
            yield _alert(name, rule, scene, source.source, source.last_success_utc, after=round(hours, 1))


def _crossed(level_pct: int, before: float, after: float) -> Direction | None:
    was, now = 100 * before >= level_pct, 100 * after >= level_pct
    return None if was == now else "up" if now else "down"


def _alert(name: str, rule: Rule, scene: Scene, subject: str, once: str, **facts: Any) -> Alert:
    """`once` is what makes the event one event: the day that brought it, the source's last answer."""
    return Alert(
        key=f"{name}/{scene.election}/{subject}/{once}",
        rule=name,
        kind=rule.when,
        election=scene.election,
        edition=scene.edition,
        date=scene.day,
        subject=subject,
        **facts,
    )
