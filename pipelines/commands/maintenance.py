"""The commands that keep the house: rebuild, backup, restore, copy, schedule, seals, and alerts with their channels."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines import log
from pipelines.commands.console import DATA, DONE_WITH_REMARKS, AsJson, DataDir, Today, print_json, say
from pipelines.editions.objects import SCHEME, STORE, Objects, objects_at, store_url
from pipelines.errors import PipelineError
from pipelines.nightly import lock
from pipelines.request import RefreshRequest
from pipelines.settings import ELECTORATE, Settings

if TYPE_CHECKING:  # it brings the editions' schema, which most commands do without
    from pipelines.editions.seal import Chain
    from pipelines.nightly.outbox import Tell


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (rebuild, backup, restore, copy, schedule, seals, alerts):
        app.command()(command)


def rebuild(as_json: AsJson = False, data_dir: DataDir = DATA, today: Today = None) -> None:  # noqa: ARG001
    """Make the ledger again from data/raw; the old file is kept beside it."""
    from pipelines.ingest.run import rebuild as run

    with lock.writing(data_dir):
        counts, old_ledger = run(data_dir)
    say(f"rebuilt the ledger from {data_dir / 'raw'}: {sum(counts.values())} polls of {len(counts)} campaigns")
    if old_ledger:
        say(f"the old one is {old_ledger}")
    if as_json:
        print_json({"polls": counts, "old_ledger": old_ledger})


def backup(
    file: Annotated[Path, typer.Argument(help="The tar file to write.")],
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,  # noqa: ARG001
) -> None:
    """Save ledger, editions and fetched bytes to one file; a refresh may be running."""
    from pipelines.nightly.backup import backup as run

    counts = run(data_dir, file)
    say(f"{file}: {counts.files} files, {counts.editions} editions, {counts.polls} polls")
    for name in counts.left_out:
        say(f"warning: {data_dir / name}: left out; no name that a backup holds, rename it or keep it elsewhere")
    if as_json:
        print_json(asdict(counts))
    if counts.left_out:
        raise typer.Exit(DONE_WITH_REMARKS)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,  # noqa: ARG001
) -> None:
    """Bring a backup back into an empty place; every hash and count is proved first."""
    from pipelines.nightly.backup import restore as run

    with lock.hold(data_dir / "processed"):
        counts = run(file, data_dir)
    say(f"restored {counts.files} files, {counts.editions} editions, {counts.polls} polls; all hashes agree")
    if as_json:
        print_json(asdict(counts))


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A data folder, or s3://bucket/prefix.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The other one.")],
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,  # noqa: ARG001
) -> None:
    """Copy editions, records and seals from a data folder to an object store, or back, while no night runs."""
    from pipelines.editions.seal import copy as copy_seals
    from pipelines.editions.store import KINDS

    (editions, sealed), (to_editions, to_sealed) = _places(source), _places(target)
    with lock.writing(data_dir):
        if not editions.list(KINDS[-1]):
            raise PipelineError(f"{editions.address(KINDS[-1])}: no edition is on show there; exchange FROM and TO?")
        count = copy_seals(sealed, to_sealed) + sum(editions.copy(kind, to_editions) for kind in KINDS)
    say(f"{count} objects copied from {source} to {target}; what was the same was left")
    if as_json:
        print_json({"copied": count})


def _places(where: str) -> tuple[Objects, Objects]:
    """Where editions and where seals lie: in a store together, in a data folder apart."""
    url = store_url({STORE: where}) if where.startswith(SCHEME) else ""
    return objects_at(Path(where, "processed"), url), objects_at(Path(where, "raw"), url)


def seals(
    action: Annotated[str, typer.Argument(metavar="verify", help="The one thing to do with them.")],
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,  # noqa: ARG001
) -> None:
    """Recompute the chain of everything that was published: exit 1 where a seal was changed or taken out."""
    from pipelines.editions import seal

    if action != "verify":
        raise typer.BadParameter(f"{action!r} is not verify, the one thing to do with seals")
    chains = seal.verify_all(Settings.read().sealed(data_dir / "raw"))
    for chain in chains:
        say(f"{chain.election}: {chain.count} seals, the last is {chain.head}")
        if row := chain.published:
            say(f"  up to {chain.published_number} proven by {row.date}: {row.where}")
    head = seal.head_of(chains)
    say(f"all follow one another; the head of all is {head}")
    if as_json:
        print_json({"elections": [_chain(chain) for chain in chains], "head": head})


def _chain(chain: "Chain") -> dict[str, object]:
    published = chain.published.model_dump(mode="json") if chain.published else None
    return {**asdict(chain), "published": published}


def schedule(
    at: Annotated[str, typer.Option("--at", help="The hour of the night, HH:MM on the electorate's clock.")],
    electorate: Annotated[str, typer.Option("--electorate", envvar=ELECTORATE, help="Whose clock it is.")] = "il",
    parent: Annotated[int | None, typer.Option("--parent", metavar="PID", help="End when this parent does.")] = None,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """Refresh the live campaigns every night, in this process, until it is stopped."""
    from pipelines.electorate import electorate_folder
    from pipelines.electorate.settings import read_electorate
    from pipelines.nightly.schedule import run_forever

    try:
        hour: time = datetime.strptime(at, "%H:%M").time()
    except ValueError:
        raise typer.BadParameter(f"{at!r} is no hour; write HH:MM, such as 02:30") from None
    zone = ZoneInfo(read_electorate(electorate_folder(data_dir / "raw", electorate)).zone)
    say(f"refreshing the live campaigns every night at {hour:%H:%M} ({zone})")
    with log.recorded(data_dir / "processed"):
        run_forever(hour, zone, data_dir, parent, today)


def alerts(
    test: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="Send this channel a message that says so.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA,
    today: Today = None,
) -> None:
    """A dry run: what the rules of data/alerts.toml say of the current editions; nothing is written or told."""
    from pipelines.nightly.alerts import dry_run
    from pipelines.nightly.outbox import channels, send_by_apprise

    to = channels(data_dir, Settings.read().channels)
    if test is not None:
        channel = next((each for each in to if each.name == test), None)
        if channel is None:
            raise typer.BadParameter(
                f"{test!r} is no channel of alerts.toml; it has {', '.join(c.name for c in to) or 'none'}"
            )
        if not send_by_apprise(channel.address, "Hemicycle", "A test: alerts will come here."):
            raise PipelineError(f"channel {test} did not take the message; check its address and its service")
        say(f"channel {test} took a test message")
        return
    raised = dry_run(RefreshRequest(data_dir, today, None, 0, 0, settings=Settings.read()))
    for alert, is_new in raised:
        moved = "" if alert.after is None else f" {alert.before} → {alert.after}"
        heard = ", ".join(each.name for each in to if each.hears(alert))
        say(
            f"{'new ' if is_new else 'told'} {alert.rule}: {alert.kind} {alert.subject}{moved} ({alert.edition})"
            + (f" to {heard}" if heard else "")
        )
    if not raised:
        say("no rule of alerts.toml holds for the current live editions")
    if as_json:
        print_json([{**alert.model_dump(mode="json"), "is_new": is_new} for alert, is_new in raised])


def tell_channels(request: RefreshRequest, electorates: Sequence[str]) -> None:
    """Send what is new; what cannot be sent is said, and fails no night. A replay of the past tells nobody."""
    from pipelines.nightly.outbox import channels, deliver

    if request.as_of is not None:
        return
    try:
        to = channels(request.data_dir, request.settings.channels)
        sent = deliver(request.data_dir, electorates, to, _tell(request), request.moment) if to else []
    except PipelineError as error:
        say(f"warning: {error}")
        return
    for delivery in sent:
        if delivery.tries:
            say(f"alert {delivery.key}: {delivery.error or f'sent to {delivery.channel}'}")


def _tell(request: RefreshRequest) -> "Tell":
    from dashboard.serve.telling import teller
    from pipelines.nightly.outbox import AlertText

    tell = teller(request.processed, request.moment)
    return lambda alert, language: AlertText(*tell(alert, language))
