"""What is worked out has a bound; what is in memory has none."""

import threading
import time
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.app import create
from dashboard.bounded import ComputeBound
from dashboard.errors import Busy
from dashboard.reader import Reader
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY


def test_a_third_waits_for_a_moment_and_is_refused() -> None:
    bound, over = ComputeBound(at_work=2, patience=0.05), threading.Event()
    started = [threading.Event() for _ in range(2)]

    def work(begun: threading.Event) -> None:
        with bound.place():
            begun.set()
            over.wait(10)

    threads = [threading.Thread(target=work, args=(begun,)) for begun in started]
    for thread, begun in zip(threads, started, strict=True):
        thread.start()
        assert begun.wait(10)
    before = time.monotonic()
    with pytest.raises(Busy), bound.place():
        pass
    assert time.monotonic() - before >= 0.05
    over.set()
    for thread in threads:
        thread.join()
    with bound.place():
        pass


def test_who_has_a_place_needs_no_second_one() -> None:
    bound = ComputeBound(at_work=1, patience=0.01)
    with bound.place(), bound.place():
        pass
    with bound.place():
        pass


def test_while_all_places_are_taken_a_new_page_is_refused_and_a_known_one_is_given(processed: Path) -> None:
    app, answers = create(Reader(processed), lambda: TODAY)
    client: FlaskClient = app.server.test_client()
    assert client.get("/trends").status_code == 200
    taken = [threading.Event(), threading.Event()]
    over = threading.Event()

    def hold(begun: threading.Event) -> None:
        with answers.bound.place():
            begun.set()
            over.wait(10)

    threads = [threading.Thread(target=hold, args=(begun,)) for begun in taken]
    for thread in threads:
        thread.start()
    assert all(begun.wait(10) for begun in taken)
    assert client.get("/trends").status_code == 200
    for address in ("/polls", "/view/polls", "/download/polls.csv", "/table/seats-table.csv"):
        refused = client.get(address)
        assert refused.status_code == 503, address
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["Cache-Control"] == "no-store"
    fresh = editions.publish(processed, as_of=date(2019, 9, 2))
    last = client.get("/trends", headers={"Accept-Encoding": "identity"})
    assert last.status_code == 200
    assert fresh.id.encode() not in last.data, "the last page is read until there is a place to make the next"
    over.set()
    for thread in threads:
        thread.join()
    assert client.get("/polls").status_code == 200
    assert fresh.id.encode() in client.get("/trends", headers={"Accept-Encoding": "identity"}).data
