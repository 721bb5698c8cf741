"""Alerts out to the operator's channels, each once: in quiet hours and a ban they wait, what failed is tried again.

An address is a secret. It is read from the environment when it is used; what is kept, logged or printed is the
channel's name. Nothing here fails a night, and no reader's address is anywhere.
"""

import logging
import time as clock
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, TypeAdapter

from pipelines import log
from pipelines.editions.records import Alert, Alerts, Delivery
from pipelines.editions.values import Value
from pipelines.errors import RulesRefused
from pipelines.nightly import lock
from pipelines.nightly.alerts import MOST_KEPT, RULES_FILE, read_table, recorded
from pipelines.settings import CHANNEL, editions_of

TRIES, PAUSE_SECONDS = 3, 2.0
MOST_DELIVERIES = 4 * MOST_KEPT
FRESH = timedelta(days=3)  # an older alert is no news to anybody
HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"


class ChannelRow(Value):
    """`[channel.<name>]` of alerts.toml: without `rules` all of them; `quiet` is "22:30-07:00" on `zone`'s clock."""

    language: str
    rules: tuple[str, ...] = ()
    quiet: Annotated[str, Field(pattern=HOURS)] | None = None
    zone: str = "UTC"
    digest: bool = False


ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CHANNELS = TypeAdapter(dict[ChannelName, ChannelRow], config=ConfigDict(defer_build=True))


@dataclass(frozen=True, slots=True)
class Channel:
    """One place the operator reads."""

    name: str
    row: ChannelRow
    address: str = field(repr=False)

    def hears(self, alert: Alert) -> bool:
        """Whether an alert is for it."""
        return not self.row.rules or alert.rule in self.row.rules

    def is_quiet(self, now: datetime) -> bool:
        """Whether it is not to be disturbed at a moment."""
        if self.row.quiet is None:
            return False
        start, end = (time.fromisoformat(part) for part in self.row.quiet.split("-"))
        local = now.astimezone(ZoneInfo(self.row.zone)).time()
        return start <= local < end if start <= end else local >= start or local < end


@dataclass(frozen=True, slots=True)
class AlertText:
    """An alert in one language. Without a text it waits (a ban), or is none (`is_noise`: a move polls make weekly)."""

    title: str
    text: str
    is_noise: bool = False


Tell = Callable[[Alert, str], AlertText]
Send = Callable[[str, str, str], bool]


def channels(data_dir: Path, addresses: Mapping[str, str]) -> list[Channel]:
    """The channels of alerts.toml, in its order; addresses by name. Raises RulesRefused, also for one without any."""
    rows = read_table(data_dir, "channel", CHANNELS, "docs/operations.md explains channels")
    return [Channel(name, row, _address(data_dir / RULES_FILE, name, addresses)) for name, row in rows.items()]


def _address(path: Path, name: str, addresses: Mapping[str, str]) -> str:
    if name in addresses:
        return addresses[name]
    raise RulesRefused(f"{path}: channel.{name} has no address; set {CHANNEL}{name.upper()} to one, such as mailto://…")


def deliver(
    data_dir: Path,
    electorates: Iterable[str],
    to: Sequence[Channel],
    tell: Tell,
    now: datetime,
    send: Send | None = None,
    pause_seconds: float = PAUSE_SECONDS,
) -> list[Delivery]:
    """Send what each channel was not sent yet of some electorates, and record how that went; returns what was recorded.

    Whoever refreshes an electorate sends its alerts, and nobody else does.
    """
    processed = data_dir / "processed"
    store = editions_of(processed)
    with lock.sending(processed):
        records = {name: recorded(store, name) for name in electorates}
        everything = Alerts(
            alerts=[alert for record in records.values() for alert in record.alerts],
            deliveries=tuple(delivery for record in records.values() for delivery in record.deliveries),
        )
        deliveries = [
            delivery
            for channel in to
            for delivery in _to_channel(channel, everything, tell, now, send or send_by_apprise, pause_seconds)
        ]
        for name, record in records.items():
            keys = {alert.key for alert in record.alerts}
            if own := tuple(delivery for delivery in deliveries if delivery.key in keys):
                store.change(Alerts, name, partial(_with, own))
    for delivery in deliveries:
        log.say("alert delivered" if delivery.error is None else "alert not delivered", **delivery.model_dump())
    return deliveries


def _with(deliveries: tuple[Delivery, ...], before: Alerts | None) -> Alerts | None:
    return before and before.model_copy(update={"deliveries": (*before.deliveries, *deliveries)[-MOST_DELIVERIES:]})


def _to_channel(
    channel: Channel, stored: Alerts, tell: Tell, now: datetime, send: Send, pause_seconds: float
) -> Iterator[Delivery]:
    closed = {one.key for one in stored.deliveries if one.channel == channel.name and one.error is None}
    due = [
        alert
        for alert in stored.alerts
        if alert.key not in closed and channel.hears(alert) and now.date() - alert.date <= FRESH
    ]
    if channel.is_quiet(now):
        return
    rows = [(alert, tell(alert, channel.row.language)) for alert in due]
    moment = now.astimezone(UTC).isoformat(timespec="seconds")
    yield from (
        Delivery(key=alert.key, channel=channel.name, moment_utc=moment, tries=0) for alert, one in rows if one.is_noise
    )
    news = [(alert, one) for alert, one in rows if one.text]
    messages = [news] if channel.row.digest and news else [[each] for each in news]
    for message in messages:
        text = "\n".join(one.text for _, one in message)
        tries, error = _try(channel, message[0][1].title, text, send, pause_seconds)
        yield from (
            Delivery(key=alert.key, channel=channel.name, moment_utc=moment, tries=tries, error=error)
            for alert, _ in message
        )


def _try(channel: Channel, title: str, text: str, send: Send, pause_seconds: float) -> tuple[int, str | None]:
    """How many tries it took, and why none helped; whatever a service or its library raises stays here."""
    for tries in range(1, TRIES + 1):
        try:
            if send(channel.address, title, text):
                return tries, None
        except RulesRefused as error:
            return tries, str(error)
        except Exception as error:  # its text may hold the address
            log.say("channel failed", logging.WARNING, channel=channel.name, kind=type(error).__name__)
        if tries < TRIES:
            clock.sleep(pause_seconds)
    return TRIES, f"channel {channel.name} did not take it"


def send_by_apprise(address: str, title: str, text: str) -> bool:
    """One message to an address of apprise's kinds (mail, Slack, Teams, any webhook); whether it was taken.

    Raises RulesRefused where apprise is not installed, or the address is of no kind it knows; its own log would have
    the address in it.
    """
    try:
        import apprise
    except ImportError as error:
        raise RulesRefused("channels need apprise: pip install --require-hashes -r requirements-alerts.txt") from error
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    outbox = apprise.Apprise()
    if not outbox.add(address):
        raise RulesRefused("the address of a channel is of no kind that apprise knows; see its list of services")
    return bool(outbox.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT))
