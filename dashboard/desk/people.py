"""Who is at the desk, whether a form is theirs, and how much they may ask for.

There are no sessions: each request is named by the newsroom's sign-on, or by the name the desk was started under, so
nothing has to be kept between two of them, and nothing can be stolen or outlive a sign-off.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

NAME = re.compile(r"[^\W_][\w.@+' -]{0,63}")
PORT = re.compile(r":\d{1,5}$", re.ASCII)
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
TOKEN_HOURS = 12  # a form that was opened in the morning may be sent in the evening
MOST_A_MINUTE = 20  # checks and decisions of one person
MOST_PEOPLE = 1000


@dataclass(frozen=True)
class SignOn:
    """How a person is named: by `header` from one of `proxies`, or as `local` where requests come from this machine.

    `is_alone`: counsel or the editor said that one person may enter and approve.
    """

    proxies: frozenset[str] = frozenset()
    header: str = ""
    local: str | None = None
    is_alone: bool = False

    def person(self, peer: str, host: str, value: str) -> str | None:
        """The name of who asks; None where nobody vouches for one.

        `value` is what the request has under `header`. `host` is its Host header: where no proxy stands before, a page
        of another name is none of ours (rebinding).
        """
        if self.local is not None:
            is_here = _is_loopback(peer) and PORT.sub("", host) in LOOPBACK_NAMES
            return self.local if is_here else None
        return read_name(value) if self.header and peer in self.proxies else None


def read_name(text: str) -> str | None:
    """A person's name from a header as WSGI hands it over; None for what is no one name.

    >>> read_name("dana"), read_name("dana,noa"), read_name("")
    ('dana', None, None)
    """
    try:
        name = text.encode("latin-1").decode().strip()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return name if NAME.fullmatch(name) else None


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


class Tokens:
    """What a form carries so that no page of another host can send it: made of who it is for and the hour."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = secrets.token_bytes(32), clock

    def make(self, person: str) -> str:
        return self._made(person, int(self._clock() // 3600))

    def is_own(self, person: str, token: str) -> bool:
        """Whether a form was made here for this person, not too long ago."""
        hour = int(self._clock() // 3600)
        valid_tokens = [self._made(person, hour - back) for back in range(TOKEN_HOURS + 1)]
        return any(hmac.compare_digest(one.encode(), token.encode()) for one in valid_tokens)

    def _made(self, person: str, hour: int) -> str:
        return hmac.new(self._key, f"{hour}\0{person}".encode(), hashlib.sha256).hexdigest()


@dataclass
class Rate:
    """So much work a minute for each person; those who asked longest ago are forgotten first."""

    most: int = MOST_A_MINUTE
    clock: Callable[[], float] = time.monotonic
    _asked: "OrderedDict[str, deque[float]]" = field(default_factory=OrderedDict)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, person: str) -> bool:
        """Whether a person may ask for something now, which then counts."""
        with self._alone:
            now = self.clock()
            times = self._asked.setdefault(person, deque())
            self._asked.move_to_end(person)
            while times and times[0] <= now - 60:
                times.popleft()
            if len(self._asked) > MOST_PEOPLE:
                self._asked.popitem(last=False)
            if len(times) >= self.most:
                return False
            times.append(now)
            return True
