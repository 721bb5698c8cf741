"""An imported final count becomes the recorded result of its election: a person's act, with a reason, and correctable.

What is recorded stands in data/raw/desk, apart from what ships, and yields to it; every act is a line of
`audit.csv` there. Where the desk has switched that on, a second person has to say the same of the same count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipelines.editions.files import make_folder, replace
from pipelines.editions.schema.vote import CountPoint, Vote
from pipelines.electorate import Campaign
from pipelines.electorate.columns import ResultRow, TurnoutRow
from pipelines.electorate.folder import DESK
from pipelines.errors import ImportRefused
from pipelines.rows import Row, read_rows, to_csv
from pipelines.settings import editions_of
from pipelines.vote.count import SOURCE

AUDIT = "audit"


class AuditRow(Row):
    """One act on a result: what was done by whom, of which count, and why."""

    moment_utc: str
    election: str
    act: Literal["proposed", "accepted", "withdrawn"]
    sha256: str | None
    valid_votes: str | None
    by: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Act:
    """What came of it: the act, and the seats that are now recorded (none while a second person is awaited)."""

    act: Literal["proposed", "accepted", "withdrawn"]
    seats: dict[str, int]


def audit(raw: Path, election: str) -> list[AuditRow]:
    """The acts on an election's result, in their order."""
    path = raw / DESK / f"{AUDIT}.csv"
    return [row for row in read_rows(path, AuditRow) if row.election == election] if path.exists() else []


def accept(
    data_dir: Path,
    campaign: Campaign,
    why: str,
    *,
    by: str | None = None,
    official_valid: int | None = None,
    lots: Sequence[str] = (),
    needs_two: bool = False,
) -> Act:
    """Record the count on show as the result; `lots` are lists that the lot gave a seat, one each time.

    Raises ImportRefused where no count is here, where it is not final, or where the lots do not fit its ties.
    """
    raw, election = data_dir / "raw", campaign.election.id
    _refuse_blank(why, by, needs_two=needs_two)
    vote = editions_of(data_dir / "processed").vote(election)
    point = _final(election, vote, official_valid)
    seats = _with_lots(point, lots)
    if _ships_result(raw, campaign):
        raise ImportRefused(f"{election}: its result ships in results.csv; mend it there, a desk's own yields to it")
    last = next(reversed(audit(raw, election)), None)
    is_second = last is not None and (last.act, last.sha256) == ("proposed", point.sha256) and last.by != by
    if needs_two and not is_second:
        _note(raw, election, "proposed", point, by, why)
        return Act("proposed", {})
    won = sum(seats.values())
    if won != campaign.election.rules.house_size:
        raise ImportRefused(f"{election}: its seats add up to {won}, not {campaign.election.rules.house_size}")
    _write(raw, ResultRow, election, _rows(campaign, point, seats))
    turnout = {"eligible": point.eligible or None, "voted": point.voted, "invalid": point.invalid}
    counts = {name: None if value is None else str(value) for name, value in turnout.items()}
    facts = {"election": election, "valid": str(point.valid_votes), "source": _source(campaign)}
    _write(raw, TurnoutRow, election, [TurnoutRow.model_validate(facts | counts)])
    _note(raw, election, "accepted", point, by, why)
    return Act("accepted", seats)


def withdraw(data_dir: Path, campaign: Campaign, why: str, *, by: str | None = None) -> Act:
    """Take back what a desk recorded; raises ImportRefused where it recorded nothing."""
    raw, election = data_dir / "raw", campaign.election.id
    _refuse_blank(why, by, needs_two=False)
    if next((row.act for row in reversed(audit(raw, election))), None) != "accepted":
        raise ImportRefused(f"{election}: no result was accepted here, so there is none to withdraw")
    for model in (ResultRow, TurnoutRow):
        _write(raw, model, election, [])
    _note(raw, election, "withdrawn", None, by, why)
    return Act("withdrawn", {})


def _refuse_blank(why: str, by: str | None, *, needs_two: bool) -> None:
    if not why.strip():
        raise ImportRefused("--why is blank; say why, so that it can be judged later")
    if needs_two and not (by or "").strip():
        raise ImportRefused("two people record a result here: say with --by who you are")


def _final(election: str, vote: Vote | None, official_valid: int | None) -> CountPoint:
    """The count on show, where its official total is met and no row was refused."""
    point = vote.count if vote else None
    if point is None:
        raise ImportRefused(f"no count of {election} is here; import its last file with --source {SOURCE} first")
    official = official_valid or point.official_valid
    if official is None:
        raise ImportRefused(
            f"{point.file}: nobody can tell from a file that it is the last; give the official number of valid votes"
            " with --valid-votes"
        )
    if point.valid_votes != official:
        raise ImportRefused(
            f"{point.file}: {point.valid_votes:,} valid votes, the official total is {official:,}: a count in progress"
            " is no result"
        )
    if point.refused_rows or any(point.unknown_votes.values()):
        unknown = ", ".join(letters for letters, votes in point.unknown_votes.items() if votes)
        raise ImportRefused(
            f"{point.file}: {point.refused_rows} rows were refused, and no list has the letters {unknown or '(none)'};"
            " mend both first"
        )
    return point


def _with_lots(point: CountPoint, lots: Sequence[str]) -> dict[str, int]:
    """The seats by the law, and those that the lot gave."""
    seats, left = dict(point.seats), list(point.ties)
    for name in lots:
        tie = next((one for one in left if name in one), None)
        if tie is None:
            raise ImportRefused(f"--lot {name}: no seat of the count is left to a lot among lists with it")
        left.remove(tie)
        seats[name] += 1
    if left:
        raise ImportRefused(
            f"a lot decides between {' and '.join(left[0])}: say with --lot which list it gave the seat"
        )
    return seats


def _ships_result(raw: Path, campaign: Campaign) -> bool:
    own = raw / DESK / "results.csv"
    is_own = own.exists() and any(row.election == campaign.election.id for row in read_rows(own, ResultRow))
    return bool(campaign.results) and not is_own


def _rows(campaign: Campaign, point: CountPoint, seats: dict[str, int]) -> list[Row]:
    """A row of results.csv a list; what stands on the ballot is in the language that the count is printed in."""
    source = campaign.electorate.sources.get(SOURCE)
    language = (source.language if source else None) or campaign.names.languages[0]
    return [
        ResultRow.model_validate(
            {
                "election": campaign.election.id,
                "list": name,
                "ballot_letters": campaign.list_rows[name].ballot_letters or name,
                "ballot_name": campaign.names.text("list", campaign.list_name_id(name), language),
                "votes": str(votes),
                "seats": str(seats[name]),
                "source": _source(campaign),
            }
        )
        for name, votes in sorted(point.votes.items(), key=lambda pair: -pair[1])
    ]


def _source(campaign: Campaign) -> str:
    return campaign.names.text("source", SOURCE, campaign.names.languages[0])


def _write(raw: Path, model: type[Row], election: str, rows: Iterable[Row]) -> None:
    """The rows of one election in a file of the desk's, in the place of those that were there; by one rename."""
    name = {ResultRow: "results", TurnoutRow: "turnout", AuditRow: AUDIT}[model]
    path = raw / DESK / f"{name}.csv"
    before = list(read_rows(path, model)) if path.exists() else []
    others = before if model is AuditRow else [row for row in before if getattr(row, "election", None) != election]
    make_folder(path.parent)
    replace(path, to_csv(model, (*others, *rows)))


def _note(
    raw: Path,
    election: str,
    act: Literal["proposed", "accepted", "withdrawn"],
    point: CountPoint | None,
    by: str | None,
    why: str,
) -> None:
    row = AuditRow(
        moment_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        election=election,
        act=act,
        sha256=point.sha256 if point else None,
        valid_votes=str(point.valid_votes) if point else None,
        by=by,
        why=" ".join(why.split()),
    )
    _write(raw, AuditRow, election, [row])
