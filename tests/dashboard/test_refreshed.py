"""When a campaign was refreshed, as its page says it."""

from datetime import date
from pathlib import Path

from dashboard.i18n import Translator
from dashboard.render.text import say
from dashboard.status import refreshed
from dashboard.view import View
from pipelines.editions.records import CampaignRun, Runs
from pipelines.editions.store import Edition, EditionStore
from tests.dashboard import editions


def of(edition: Edition, today: date) -> View:
    return View("/", edition, None, "en", today, {}, (), ())


def test_the_hour_is_that_of_jerusalem_and_of_the_edition_on_show(processed: Path, en: Translator) -> None:
    newest = editions.publish(processed, as_of=date(2019, 9, 2))
    assert refreshed(of(newest, date(2019, 9, 2))) is None, "nobody recorded it"
    checked = "2019-09-01T23:31:00+00:00"
    run = CampaignRun(
        election="test-1", edition=newest.id, status="published", checked_utc=checked, published_utc=checked
    )
    store = EditionStore(processed)
    store.keep(
        "il", Runs(started_utc=checked, finished_utc=checked, exit_code=0, error=None, sources=[], campaigns=(run,))
    )
    assert "02:31" in say(refreshed(of(newest, date(2019, 9, 2))), en)
    assert "2 Sept" in say(refreshed(of(newest, date(2019, 9, 3))), en)
    assert refreshed(of(store.all("test-1")[0], date(2019, 9, 2))) is None, "the refresh was of another edition"
