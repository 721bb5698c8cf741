"""What another reader waits while one client asks for pages that must be worked out: `python -m bench.one_client PORT`.

Against a server of your own on loopback. The client asks for a different what-if page every time, at a fixed rate
and on a connection each; the reader asks for the front page ten times a second. Prints one line of figures for each;
`make load` holds the reader's to a bound.
"""

import argparse
import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 30.0
READER_PAUSE_SECONDS = 0.1
RATE = 50.0  # what-if pages a second
CACHED_PATH = "/?lang=en"
THRESHOLDS_PCT = ("0", "1", "1.5", "2", "2.5", "3", "3.5", "4")
LISTS = re.compile(r'name="v-([a-z0-9-]+)"')  # of the form in which a reader types votes


@dataclass
class Responses:
    """What became of the requests of one side: answers by status, and the seconds each one took."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, status: str, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)

    def within_ms(self, part: float) -> float:
        """The milliseconds in which a part of the answers came."""
        return sorted(self.seconds)[int((len(self.seconds) - 1) * part)] * 1000

    def __str__(self) -> str:
        if not self.seconds:
            return "nothing was answered"
        p50, p95, most = (self.within_ms(part) for part in (0.5, 0.95, 1))
        return f"{dict(self.statuses)}, p50 {p50:.1f} ms, p95 {p95:.1f} ms, max {most:.1f} ms"


async def get(port: int, path: str, encoding: str = "br") -> tuple[str, float, bytes]:
    """One request: its status (or what went wrong), its seconds, and what came back."""
    started = time.perf_counter()
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode("ascii"))
            body = await reader.read()
            writer.close()
        status = body[9:12].decode("ascii", "replace") or "closed"
    except (TimeoutError, OSError) as error:
        status, body = type(error).__name__, b""
    return status, time.perf_counter() - started, body


async def lists_of(port: int) -> list[str]:
    """The lists the what-if page lets a reader leave out."""
    _, _, page = await get(port, "/what-if", "identity")
    lists = sorted(set(LISTS.findall(page.decode("utf-8", "replace"))))
    if not lists:
        raise SystemExit(f"http://127.0.0.1:{port}/what-if offers no list to leave out; is an edition published?")
    return lists


def hard_path(lists: list[str], rng: random.Random) -> str:
    """A what-if page that hardly anybody has asked for before."""
    left_out = ",".join(rng.sample(lists, rng.randrange(1, min(5, len(lists)))))
    votes = f"v-{rng.choice(lists)}={rng.uniform(0, 50):.1f}"
    return f"/what-if?out={left_out}&threshold={rng.choice(THRESHOLDS_PCT)}&{votes}"


async def measure(port: int, per_second: float, seconds: float, rng: random.Random) -> tuple[Responses, Responses]:
    """What the demanding client and the other reader met, the client's last answers waited for."""
    lists, until = await lists_of(port), time.monotonic() + seconds
    client, reader = Responses(), Responses()

    async def ask_hard() -> None:
        client.add(*(await get(port, hard_path(lists, rng)))[:2])

    async def read() -> None:
        while time.monotonic() < until:
            reader.add(*(await get(port, CACHED_PATH))[:2])
            await asyncio.sleep(READER_PAUSE_SECONDS)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read())
        while per_second and time.monotonic() < until:
            tasks.create_task(ask_hard())
            await asyncio.sleep(1 / per_second)
    return client, reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int, help="where the dashboard listens on loopback")
    parser.add_argument("--rate", type=float, default=RATE, help="what-if pages a second; 0 for the reader alone")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="another seed asks for other pages")
    arguments = parser.parse_args()
    client, reader = asyncio.run(
        measure(arguments.port, arguments.rate, arguments.seconds, random.Random(arguments.seed))
    )
    print(f"{arguments.rate:g} what-if pages a second for {arguments.seconds:g} s: {client}")
    print(f"another reader's front page: {reader}")


if __name__ == "__main__":
    main()
