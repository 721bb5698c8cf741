"""Moments on the electorates' wall clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.i18n import Translator
from dashboard.reader import runs_of
from dashboard.view import View

ZONE = ZoneInfo("Asia/Jerusalem")


def said(utc: str | None, t: Translator) -> str:
    """A moment with its day, to the minute; empty where there is none."""
    if not utc:
        return ""
    moment = _local(utc)
    return t("date.moment", date=t.date(moment.date()), time=t.said(f"{moment:%H:%M}"))


def refreshed(view: View, t: Translator) -> str:
    """When the campaign was last refreshed, for the edition on show; the hour today, the day too before.

    Empty where it is not known, and where the refresh was of another edition.
    """
    runs = runs_of(view.edition)
    run = runs.campaign(view.edition.election) if runs else None
    if run is None or run.edition != view.edition.id:
        return ""
    moment = _local(run.checked_utc)
    if moment.date() == view.today:
        return t("status.refreshed", when=t.said(f"{moment:%H:%M}"))
    return t("status.refreshed", when=said(run.checked_utc, t))


def _local(utc: str) -> datetime:
    return datetime.fromisoformat(utc).astimezone(ZONE)
