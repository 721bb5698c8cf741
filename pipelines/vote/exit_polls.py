"""Exit polls: the desk's drafts until the ballots close, then rows of its own; and what past nights teach of them.

A draft lies in data/drafts, beside raw and processed: in no backup, cache, edition or page. Nothing opens it before the
ballots close; a person may hold it back longer.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from electoral.polls import Poll, PollKind
from pipelines.editions import gate
from pipelines.editions.files import make_folder, replace
from pipelines.electorate import Campaign, Reference
from pipelines.electorate.folder import DESK
from pipelines.errors import ImportRefused
from pipelines.ingest import snapshots
from pipelines.ingest.run import ingest
from pipelines.ingest.store import Ledger
from pipelines.request import clock_now, may_tell_exit_polls
from pipelines.rows import Moment, Row, Seats, Slug, read_rows, to_csv
from pipelines.settings import ledger_of
from pipelines.sources.reading import poll_sources

if TYPE_CHECKING:
    from pipelines.editions.schema.vote import ExitEstimate, ExitPoll

DRAFTS, HELD = "drafts", "held"
EXIT_POLLS_FILE = "exit_polls.csv"
SIZES = (5, 12)  # the last mean of small lists, and of middling ones
NINETY = 1.645  # standard deviations each side of a normal interval that holds nine in ten


class ExitPollRow(Row):
    """One list of a channel's exit poll, in one version of it; `moment` is when it was aired, by the local clock."""

    election: Slug
    channel: str
    pollster: str | None
    version: str
    moment: Moment | None
    list: Slug
    seats: Seats


def may_tell(campaign: Campaign, today: date | None) -> bool:
    """Whether the ballots have closed, now or all through a day given; counsel's setting does not advance it."""
    day = today or campaign.electorate.today()
    return day >= campaign.election.vote_date and may_tell_exit_polls(campaign, day)


def refuse_before_close(campaign: Campaign, today: date | None, why: str) -> None:
    """Raise ImportRefused with the moment at which the ballots close, where they have not."""
    if not may_tell(campaign, today):
        ban = gate.binding(campaign, "exit_poll", today or clock_now())
        until = f"{ban.end:%Y-%m-%d %H:%M}" if ban else str(campaign.election.vote_date)
        raise ImportRefused(f"{campaign.election.id}: {why.format(until)}")


def has_any(data_dir: Path, campaign: Campaign) -> bool:
    """Whether anything of a vote has come in: an exit poll, told or not, or a file of the count.

    The ledger is taken for checked, and up to date.
    """
    raw, election = data_dir / "raw", campaign.election.id
    files = (_draft(data_dir, campaign), raw / DESK / EXIT_POLLS_FILE)
    if any(file.exists() for file in files) or any(
        one.source not in poll_sources() for one in snapshots.stored(raw, election)
    ):
        return True
    with Ledger.open(ledger_of(data_dir / "processed"), election, is_checked=True) as ledger:
        return bool(ledger.polls(election, PollKind.EXIT_POLL))


# Drafts, and their opening


def add(data_dir: Path, path: Path, campaign: Campaign) -> int:
    """Take a sheet of exit polls in as drafts; a channel's version that is there already is replaced.

    Raises RawDataError or ImportRefused for a sheet that is not one, and then nothing is written.
    """
    rows = list(read_rows(path, ExitPollRow))
    if not rows:
        raise ImportRefused(f"{path}: no row in it; give one for each channel, version and list")
    for number, row in enumerate(rows, start=2):
        place = f"{path}: row {number}"
        if row.election != campaign.election.id:
            raise ImportRefused(f"{place}: election is {row.election!r}, not {campaign.election.id}; mend it")
        if row.list not in campaign.lists:
            raise ImportRefused(f"{place}: list {row.list!r} is none of {campaign.election.id}; lists.csv has them")
    file = _draft(data_dir, campaign)
    _write(file, _merged(_read(file), rows))
    return len({(row.channel, row.version) for row in rows})


def open_drafts(data_dir: Path, campaign: Campaign, today: date | None, *, is_asked: bool = False) -> int:
    """Move the drafts of an election into the desk's rows; how many versions of channels were opened.

    Raises ImportRefused where that is asked for before the ballots close; by itself it then does nothing, and neither
    while a person holds them back.
    """
    file = _draft(data_dir, campaign)
    if is_asked:
        refuse_before_close(campaign, today, "the ballots close {}; nobody opens an exit poll before")
    if not may_tell(campaign, today):
        return 0
    if not file.exists() or (not is_asked and _hold(file).exists()):
        return 0
    rows = _read(file)
    target = data_dir / "raw" / DESK / EXIT_POLLS_FILE
    _write(target, _merged(_read(target), rows))
    for path in (file, _hold(file)):
        path.unlink(missing_ok=True)
    return len({(row.channel, row.version) for row in rows})


def hold(data_dir: Path, campaign: Campaign) -> None:
    """Keep the drafts closed, whatever the clock says, until a person opens them."""
    file = _draft(data_dir, campaign)
    make_folder(file.parent)
    replace(_hold(file), b"")


def _draft(data_dir: Path, campaign: Campaign) -> Path:
    return data_dir / DRAFTS / f"exit-polls-{campaign.election.id}.csv"


def _hold(file: Path) -> Path:
    return file.with_suffix(f".{HELD}")


def _read(path: Path) -> list[ExitPollRow]:
    return list(read_rows(path, ExitPollRow)) if path.exists() else []


def _merged(before: Iterable[ExitPollRow], rows: Sequence[ExitPollRow]) -> list[ExitPollRow]:
    fresh = {(row.election, row.channel, row.version) for row in rows}
    return [*(row for row in before if (row.election, row.channel, row.version) not in fresh), *rows]


def _write(path: Path, rows: Iterable[ExitPollRow]) -> None:
    make_folder(path.parent)
    replace(path, to_csv(ExitPollRow, rows))


# What was told, and what past nights teach


def polls_of(data_dir: Path, campaign: Campaign) -> "list[ExitPoll]":
    """Every exit poll of an election that came in: those of the polls, without a moment, then the desk's versions."""
    from pipelines.editions.schema.vote import ExitPoll

    rows = [row for row in _read(data_dir / "raw" / DESK / EXIT_POLLS_FILE) if row.election == campaign.election.id]
    house, names = campaign.election.rules.house_size, campaign.names
    with Ledger.open(ledger_of(data_dir / "processed"), only=campaign.election.id) as ledger:
        ingest(data_dir, ledger, campaign)
        polls = [poll for poll, _ in ledger.polls(campaign.election.id, PollKind.EXIT_POLL)]
    exit_polls = []
    for poll in polls:
        channel, seats = poll.publisher or poll.pollster or poll.id, _seats(poll)
        names_of = names.texts("publisher" if poll.publisher else "pollster", channel)
        exit_polls.append(
            ExitPoll(channel=channel, names=names_of, seats=seats, is_in_doubt=sum(seats.values()) != house)
        )
    for channel, version in dict.fromkeys((row.channel, row.version) for row in rows):
        own = [row for row in rows if (row.channel, row.version) == (channel, version)]
        seats, moment = {row.list: int(row.seats) for row in own}, own[0].moment
        exit_polls.append(
            ExitPoll(
                channel=channel,
                names=dict.fromkeys(names.languages, channel),
                version=version,
                moment_utc=moment.replace(tzinfo=campaign.zone).isoformat() if moment else None,
                seats=seats,
                is_in_doubt=sum(seats.values()) != house,
            )
        )
    return exit_polls


def _seats(poll: Poll) -> dict[str, int]:
    return {value.list: round(value.seats or 0) for value in poll.values}


def last_versions(polls: "Sequence[ExitPoll]") -> "list[ExitPoll]":
    """The last version of every channel, without rows in doubt."""
    return list({poll.channel: poll for poll in polls if not poll.is_in_doubt}.values())


def mean_of(polls: "Sequence[ExitPoll]") -> dict[str, float]:
    """The plain mean of channels, list by list."""
    names = {name: None for poll in polls for name in poll.seats}
    return {name: fmean(poll.seats.get(name, 0) for poll in polls) for name in names}


class Night:
    """The mean of one past night beside its result: errors in seats, by list and of the bloc in question."""

    def __init__(self, campaign: Campaign, polls: "Sequence[ExitPoll]") -> None:
        self.election = campaign.election.id
        self.mean = mean_of(last_versions(polls))
        won = {row.list: row.seats for row in campaign.results}
        self.errors = {name: seats - won.get(name, 0) for name, seats in self.mean.items()}
        self.bloc_error = sum(self.errors.get(name, 0.0) for name in campaign.main_bloc())


def past_nights(data_dir: Path, reference: Reference, campaign: Campaign) -> list[Night]:
    """Every other night of the electorate with exit polls and a result."""
    others = [one for one in reference.of(campaign.electorate.id) if one.results and one.ships_polls]
    polls_by_night = [(one, polls_of(data_dir, one)) for one in others if one.election.id != campaign.election.id]
    return [Night(one, polls) for one, polls in polls_by_night if last_versions(polls)]


def estimate(campaign: Campaign, polls: "Sequence[ExitPoll]", nights: Sequence[Night]) -> "ExitEstimate | None":
    """The mean of the channels with intervals that nine in ten results should lie in; None without channels or nights.

    A list's spread is that of its size class, a bloc's that of the bloc in question, both over the nights.
    """
    from pipelines.editions.schema.vote import BlocEstimate, ExitEstimate, ListEstimate

    mean = mean_of(last_versions(polls))
    if not mean or not nights:
        return None
    inside, judged, blocs_inside = 0, 0, 0
    for night in nights:
        others = [one for one in nights if one is not night]
        if not others:
            continue
        within = [abs(error) <= NINETY * _spread(others, night.mean[name]) for name, error in night.errors.items()]
        inside, judged = inside + sum(within), judged + len(within)
        blocs_inside += abs(night.bloc_error) <= NINETY * _rms(one.bloc_error for one in others)
    bloc_spread = NINETY * _rms(night.bloc_error for night in nights)
    lists = [
        ListEstimate(list=name, mean=seats, low=max(seats - spread, 0.0), high=seats + spread)
        for name, seats in mean.items()
        for spread in (NINETY * _spread(nights, seats),)
    ]
    bloc_means = {bloc.id: sum(mean.get(name, 0.0) for name in bloc.lists) for bloc in campaign.blocs()[:1]}
    return ExitEstimate(
        nights=len(nights),
        lists=lists,
        blocs=[
            BlocEstimate(id=name, mean=seats, low=seats - bloc_spread, high=seats + bloc_spread)
            for name, seats in bloc_means.items()
        ],
        lists_inside=inside,
        lists_judged=judged,
        blocs_inside=blocs_inside,
    )


def _size(seats: float) -> int:
    return sum(seats > last for last in SIZES)


def _spread(nights: Sequence[Night], seats: float) -> float:
    """The root mean square error of lists of this size over nights; of all lists where there was none of it."""
    alike = [error for one in nights for name, error in one.errors.items() if _size(one.mean[name]) == _size(seats)]
    return _rms(alike or [error for one in nights for error in one.errors.values()])


def _rms(errors: Iterable[float]) -> float:
    squares = [error * error for error in errors]
    return fmean(squares) ** 0.5 if squares else 0.0
