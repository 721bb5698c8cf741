"""The bounded memory: never more than its bytes, each thing made once, failures not kept."""

import gzip
import threading
import time
from datetime import date
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.address import Busy
from dashboard.reader import Reader
from dashboard.serve.app import create
from dashboard.serve.cache import AT_WORK, OVERHEAD, ComputeBound, LruCache, Payload
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3000))))
def test_it_never_holds_more_than_its_bytes_and_what_it_gives_is_what_was_made(requests: list[tuple[int, int]]) -> None:
    most = 8 * OVERHEAD
    cache: LruCache[bytes] = LruCache(most)
    for key, length in requests:
        assert cache.get((key, length), lambda length=length: b"x" * length) == b"x" * length
        assert sum(len(thing) + OVERHEAD for thing in cache._things.values()) == cache._bytes
        assert cache._bytes <= most


def test_what_many_ask_for_at_once_is_made_once() -> None:
    cache: LruCache[bytes] = LruCache(10_000)
    calls, gate = [], threading.Barrier(8)

    def make() -> bytes:
        calls.append(1)
        return b"thing"

    def ask() -> None:
        gate.wait()
        assert cache.get("key", make) == b"thing"

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1


def test_while_a_thing_is_made_others_take_what_there_is_meanwhile() -> None:
    cache: LruCache[bytes] = LruCache(10_000)
    begun, over = threading.Event(), threading.Event()

    def make() -> bytes:
        begun.set()
        assert over.wait(10)
        return b"new"

    results: list[bytes] = []
    maker = threading.Thread(target=lambda: results.append(cache.get("key", make, b"old")))
    maker.start()
    assert begun.wait(10)
    assert cache.get("key", make, b"old") == b"old"
    over.set()
    maker.join()
    assert (results, cache.get("key", make, b"old")) == ([b"new"], b"new")


def test_what_could_not_be_made_is_tried_again() -> None:
    cache: LruCache[bytes] = LruCache(10_000)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: bytes(1 // 0))
    assert cache.get("key", lambda: b"thing") == b"thing"


def test_what_two_made_after_a_failure_counts_once() -> None:
    """One waits while a first fails, and makes it; a later one comes after the failure, and makes it too."""
    cache: LruCache[bytes] = LruCache(100_000)
    begun, waits, second, over = (threading.Event() for _ in range(4))

    def fail() -> bytes:
        begun.set()
        assert waits.wait(10)
        raise ZeroDivisionError

    def slowly() -> bytes:
        second.set()
        assert over.wait(10)
        return b"thing"

    def ask_and_fail() -> None:
        with pytest.raises(ZeroDivisionError):
            cache.get("key", fail)

    first = threading.Thread(target=ask_and_fail)
    first.start()
    assert begun.wait(10)
    later = threading.Thread(target=lambda: cache.get("key", slowly))
    turn = cache._making["key"]
    cache._making["key"] = Told(turn, waits)  # type: ignore[assignment]
    later.start()
    first.join()
    assert second.wait(10)
    cache.get("key", lambda: b"thing")
    over.set()
    later.join()
    assert cache._bytes == len(b"thing") + OVERHEAD


class Told:
    """A lock that tells when somebody is about to wait for it."""

    def __init__(self, lock: threading.Lock, waiting: threading.Event) -> None:
        self._lock, self._told = lock, waiting

    def __enter__(self) -> None:
        self._told.set()
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()


def test_what_was_asked_for_last_stays() -> None:
    cache: LruCache[bytes] = LruCache(3 * OVERHEAD)
    for key in "abca":
        cache.get(key, lambda key=key: key.encode()[:0])
    cache.get("d", lambda: b"")
    assert (cache.peek("b"), cache.peek("a")) == (None, b"")


def test_a7_a_third_waits_for_a_moment_and_is_refused() -> None:
    bound, over = ComputeBound(), threading.Event()
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
    assert time.monotonic() - before >= 0.25
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
    answers.documents.bound._patience = 0.01  # nobody waits here only to be refused
    taken = [threading.Event() for _ in range(AT_WORK)]
    over = threading.Event()

    def hold(begun: threading.Event) -> None:
        with answers.documents.bound.place():
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


@pytest.mark.parametrize("accepted", ["br", "gzip", "gzip, br", "", "identity"])
def test_the_body_is_in_the_encoding_that_is_said(accepted: str) -> None:
    body, encoding = Payload.of(b"seats", "text/plain").encoded(accepted)
    assert {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](body) == b"seats"


def test_a11_nothing_is_sent_as_brotli_that_was_not_packed_so() -> None:
    """Where there is none it is nothing: plain bytes under that name are what no browser can read."""
    damaged = Payload.packed(gzip.compress(b"seats"), b"", "text/plain")
    assert damaged.encoded("br") == (b"", "br")
