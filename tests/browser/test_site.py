"""The static copy in a browser: whole without a script, in both languages, under a path of its own."""

import shutil
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from dashboard.reader import Reader
from dashboard.serve import site
from dashboard.serve.app import create
from tests.browser.conftest import ELECTION, LATER


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Nothing on stderr."""


@pytest.fixture(scope="module")
def copy(processed_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("copy")
    alone = shutil.copytree(processed_dir, root / "processed", ignore=shutil.ignore_patterns(LATER))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "COPIED", dict.fromkeys(site.COPIED, ()) | {"/trends": ("unit",)})  # what is opened here
        app, answers = create(Reader(Path(alone)), lambda: date(2026, 11, 22))
        site.write_site(app, answers.documents, root / "polls")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["index", "trends", "threshold", "polls", "record"])
@pytest.mark.parametrize("lang", ["en", "he"])
def test_a_copied_page_opens_without_a_complaint(open_page, copy: str, lang: str, name: str) -> None:
    opened = open_page()
    opened.site = copy
    page = opened.page
    page.goto(f"{copy}/polls/{ELECTION}/{lang}/{name}.html")
    assert page.locator("h1").count() == 1
    opened.assert_quiet()


def test_links_and_downloads_work_in_a_copy(open_page, copy: str) -> None:
    opened = open_page()
    opened.site = copy
    page = opened.page
    page.goto(f"{copy}/polls/")
    page.locator("nav a[href$='trends.html']").click()
    page.wait_for_url("**/trends.html")
    page.locator("[href*='unit=share']").first.click()
    page.wait_for_url("**/trends~unit=share.html")
    assert page.locator("#trend-chart svg.desk path").count() > 20
    with page.expect_download() as saved:
        page.locator("#block-trend .take a", has_text="CSV").click()
    assert saved.value.suggested_filename.endswith(".csv")
    page.locator("nav a", has_text="Coalitions").click()
    page.wait_for_url("**/not-here.html")
    assert "server" in page.locator("main").inner_text()
    assert opened.complaints == []
