"""Page-level guards: pure looks at what a page gives, beside what it or a pollster gave before.

Each raises PageRefused with its reason, and the last good reading stands; those that judge single rows return
the rows they refuse.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from electoral.polls import Poll, PollKind, ReportedValue, Status, Unit
from pipelines.errors import PageRefused, PollsVanished, one_line
from pipelines.sources.reading import Aside, Refusal, ReportedCell, ReportedPoll
from pipelines.sources.text import complete_html, refuse_sheet, spelling_key

VANISHED_AT_ONCE = 5
VANISHED_SHARE = 0.05
SWAP_GAIN_SEATS = 4
JUMP_SEATS = 8
MOST_PCT = 75.0  # what no list holds in a poll of shares
FEWEST_ROWS = 3
MOST_REASONS, LONGEST_REASON = 3, 160
CHALLENGES = re.compile(
    r"just a moment\.\.\.|cf-challenge|cf_chl_|challenge-platform|g-recaptcha|h-captcha|captcha|are you a robot"
    r"|access denied|attention required|checking your browser|type=[\"']?password|unusual traffic"
    r"|enable javascript and cookies",
    re.IGNORECASE,
)
# Whole words that are no firm's name; a page that prints one is defaced.
RUDE = re.compile(r"\b(f+u+c+k\w{0,4}|sh[i1]+t\w{0,2}|poo+p\w{0,3}|b[i1]tch\w{0,2}|asshole|penis|lol+|haha+)\b", re.I)


def refuse_cut_page(text: str) -> None:
    """A saved page that is none, or that was not saved to its end; raises PageRefused."""
    refuse_challenge(text)
    refuse_sheet(text)
    if not complete_html(text):
        raise PageRefused("the saved page breaks off before </html>; save it again")


def refuse_challenge(text: str) -> None:
    """F20: a captcha, a login page or a refusal that came with a 200; raises PageRefused."""
    if "<table" not in text.lower() and (match := CHALLENGES.search(text)):
        raise PageRefused(f"this is a challenge or a login page ({one_line(match[0], 30)!r}), not the polls")


def refuse_emptied(
    polls: int,
    rows: int,
    before: int | None = None,
    *,
    refused: Sequence[Refusal] = (),
    asides: Sequence[Aside] = (),
) -> None:
    """F15: no polls at all, or fewer rows than half of the polls it had; raises PageRefused or PollsVanished.

    The reason names the first rows that were refused and the tables that were left aside.
    """
    if polls == 0:
        raise PageRefused(f"there is no poll that can be read ({rows} rows){_why_empty(refused, asides)}")
    if before and rows * 2 < before:
        raise PollsVanished(f"the page has {rows} rows where it had {before} polls; it was emptied or cut")


def _why_empty(refused: Sequence[Refusal], asides: Sequence[Aside]) -> str:
    reasons = [one_line(f"{row.reason} ({row.place})", LONGEST_REASON) for row in refused[:MOST_REASONS]]
    if not reasons:
        reasons = [f"{one_line(aside.place, 80)}: {aside.reason}" for aside in asides[:MOST_REASONS]]
    left = max(len(refused) or len(asides), MOST_REASONS) - MOST_REASONS
    return (": " + "; ".join(reasons) + (f"; and {left} more" if left else "")) if reasons else ""


def vanished(before: Iterable[str], now: Iterable[str], *, is_older: bool = False) -> tuple[str, ...]:
    """F13: the polls of the page's previous reading that a newer revision no longer has, to be marked gone.

    An older revision takes nothing away. Raises PollsVanished when five or five per cent go at once.
    """
    earlier, present = sorted(set(before)), set(now)
    gone = () if is_older else tuple(poll for poll in earlier if poll not in present)
    if len(gone) >= VANISHED_AT_ONCE or (len(gone) > 1 and len(gone) >= VANISHED_SHARE * len(earlier)):
        raise PollsVanished(f"{len(gone)} of {len(earlier)} polls vanished at once, {gone[0]} among them")
    return gone


def defaced(
    polls: Iterable[ReportedPoll], house_size: int, list_keys: frozenset[str] = frozenset()
) -> tuple[Refusal, ...]:
    """F14: rows no poll would print: all zeros, one list with more than half the house, abuse as a name.

    Where `list_keys` are given, only their lists are judged: a total that nobody knows is no vandalism.
    """
    judged = ((poll, _why_defaced(poll, house_size, list_keys)) for poll in polls)
    return tuple(
        Refusal(poll.election, poll.source, poll.id, "vandalism", printed(poll), why) for poll, why in judged if why
    )


def _why_defaced(poll: ReportedPoll, house_size: int, list_keys: frozenset[str]) -> str | None:
    for name in (poll.pollster, poll.publisher):
        if name and RUDE.search(name):
            return f"{one_line(name, 40)!r} is no firm's name"
    for cell in poll.cells:
        has_most_seats = (cell.seats or 0) * 2 > house_size
        if not has_most_seats and not (poll.unit is Unit.SHARE and _pct(cell) > MOST_PCT):
            continue
        if not list_keys or spelling_key(cell.label) in list_keys:
            got = f"{cell.seats:g} of {house_size} seats" if has_most_seats else f"{cell.pct} per cent"
            return f"{one_line(cell.label, 40)} has {got}"
    if poll.cells and not any(cell.seats or _pct(cell) or (cell.pct or "").startswith("<") for cell in poll.cells):
        return "no list has a seat"
    return None


def refuse_defaced(refused: Sequence[Refusal], rows: int) -> None:
    """F14, the whole page: half of its rows or more defaced; raises PageRefused."""
    spoiled = sum(refusal.check == "vandalism" for refusal in refused)
    if spoiled >= FEWEST_ROWS and spoiled * 2 >= rows:
        raise PageRefused(f"{spoiled} of {rows} rows are defaced")


def refuse_foreign(refused: Sequence[Refusal], rows: int, first: date, last: date) -> None:
    """Another campaign's page: half of its rows or more have no day of this one; raises PageRefused."""
    strange = sum(refusal.check == "dates" for refusal in refused)
    if strange >= FEWEST_ROWS and strange * 2 >= rows:
        raise PageRefused(f"{strange} of {rows} rows have no day from {first} to {last}; is it of another campaign?")


def refuse_swapped(polls: Iterable[Poll], history: Iterable[Poll]) -> None:
    """F2: header cells changed places but not the numbers; raises PageRefused naming the columns or the jump.

    `history` is what was known before (a previous reading, the ledger): each row is put beside the pollster's
    nearest poll in time, so a real change of fortunes over months is no jump.
    """
    past = _by_pollster(history)
    ordinary = (poll for poll in polls if poll.kind is PollKind.POLL)
    compared = [(numbers_of(poll), near) for poll in ordinary if (near := _nearest(poll, past))]
    if len(compared) < FEWEST_ROWS:
        return
    labels = sorted({label for now, then in compared for label in now if label in then})
    for first, left in enumerate(labels):
        for right in labels[first + 1 :]:
            better = sum(_better_swapped(now, then, left, right) for now, then in compared)
            if better * 2 >= len(compared) and better >= FEWEST_ROWS:
                raise PageRefused(f"{left} and {right} changed places in {better} of {len(compared)} rows")
    jumps = sum(_jumps(now, then) for now, then in compared)
    if jumps * 2 >= len(compared):
        raise PageRefused(f"{jumps} of {len(compared)} rows jump far from their pollsters' own polls")


def numbers_of(poll: Poll) -> dict[str, float]:
    """What each list got, in seats or per cent as the poll prints.

    A list under the threshold has no seats; one that was not asked is left out.
    """
    is_share = poll.unit is Unit.SHARE
    values = (value for value in poll.values if value.status is not Status.NOT_ASKED)
    return {value.list: _pct(value) if is_share else value.seats or 0.0 for value in values}


def _pct(cell: ReportedCell | ReportedValue) -> float:
    """A printed percentage as a number; one with an operator or a range counts as none."""
    try:
        return float(cell.pct or 0)
    except ValueError:
        return 0.0


def _by_pollster(history: Iterable[Poll]) -> dict[str | None, list[Poll]]:
    past: dict[str | None, list[Poll]] = {}
    for poll in history:
        if poll.kind is PollKind.POLL:
            past.setdefault(poll.pollster, []).append(poll)
    return past


def _nearest(poll: Poll, past: dict[str | None, list[Poll]]) -> dict[str, float] | None:
    own = [other for other in past.get(poll.pollster, []) if other.unit is poll.unit]
    if not own:
        return None
    best = min(own, key=lambda other: (other.id != poll.id, abs(other.fieldwork.end - poll.fieldwork.end)))
    return numbers_of(best)


def _better_swapped(now: Mapping[str, float], then: Mapping[str, float], left: str, right: str) -> bool:
    if not all(label in side for side in (now, then) for label in (left, right)):
        return False
    straight = abs(now[left] - then[left]) + abs(now[right] - then[right])
    swapped = abs(now[left] - then[right]) + abs(now[right] - then[left])
    return straight - swapped >= SWAP_GAIN_SEATS


def _jumps(now: Mapping[str, float], then: Mapping[str, float]) -> bool:
    return sum(abs(now[label] - then[label]) >= JUMP_SEATS for label in now if label in then) >= 2


def printed(poll: ReportedPoll) -> str:
    """A poll's row in one line, for the quarantine."""
    cells = ", ".join(f"{cell.label} {cell.pct or cell.seats or cell.status}" for cell in poll.cells)
    return one_line(f"{poll.fieldwork_end} {poll.pollster} for {poll.publisher}: {cells}", 600)
