"""The command `alerts`, and the night's last step: what is new goes to the operator's channels."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands.console import DATA, AsJson, DataDir, Today, print_json, say
from pipelines.errors import PipelineError
from pipelines.request import RefreshRequest
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.editions.records import Alert
    from pipelines.nightly.outbox import Tell


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(alerts)


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


def tell_channels(request: RefreshRequest) -> None:
    """Send what is new; what cannot be sent is said, and fails no night. A replay of the past tells nobody."""
    from pipelines.nightly.outbox import channels, deliver

    if request.as_of is not None:
        return
    try:
        to = channels(request.data_dir, request.settings.channels)
        sent = deliver(request.data_dir, to, _tell(request), request.moment) if to else []
    except PipelineError as error:
        say(f"warning: {error}")
        return
    for delivery in sent:
        if delivery.tries:
            say(f"alert {delivery.key}: {delivery.error or f'sent to {delivery.channel}'}")


def _tell(request: RefreshRequest) -> "Tell":
    from dashboard.desk.telling import teller
    from pipelines.nightly.outbox import Told

    tell = teller(request.processed, request.moment)

    def told(alert: "Alert", language: str) -> Told:
        return Told(*tell(alert, language))

    return told
