"""`python -m electoral allocate | next-seat | coalitions`: from a table of votes its seats, what the next one takes,
and which lists together have a majority; the last from a table of seats, too.

Exit: 0 done; 1 refused, one line saying file, row, value and remedy; 2 wrong usage.
"""

import argparse
import csv
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from electoral.apparentement import SurplusAgreement, allocate
from electoral.apportionment import Allocation
from electoral.coalitions import count_minimal_winning, minimal_blocking, minimal_winning
from electoral.errors import ElectoralError, RulesError, VotesError
from electoral.explain import allocation_document, explain, explain_next_seat, next_seat_document
from electoral.next_seat import next_seat
from electoral.power import banzhaf, shapley_shubik
from electoral.rules import ElectoralRules, Formula, parse_threshold

THRESHOLD = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?|[0-9]{1,9}/[0-9]{1,9}|quota")
MOST_SEATS = 10_000  # no house has 3,000
TOTAL = re.compile(
    r"((grand|sub) ?)?totals?|sum|all( lists| votes| valid votes)?|valid( votes)?|סהכ|סך הכ(ו)?ל|(קולות )?כשרים"
    r"|summe|insgesamt|gültige( stimmen)?|totaal|geldige stemmen|totalt|summa|giltiga röster"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], str] = options.command
    try:
        text = command(options)
    except (ElectoralError, OSError) as refused:
        print(" ".join(str(refused).split()), file=sys.stderr)
        return 1
    return _say(text)


def _say(text: str) -> int:
    """Print in UTF-8 whatever the locale; a reader that went away is no failure of ours, a full disk is."""
    try:
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it at exit is quiet
    except OSError as refused:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"standard output: {refused.strerror}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    common.add_argument("--data-dir", type=Path, default=Path("data"), metavar="DIR", help="not used here")
    common.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="not used here")
    parser = argparse.ArgumentParser(prog="python -m electoral", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="allocate | next-seat | coalitions")
    election = _election_options(is_required=True)

    seats = commands.add_parser("allocate", parents=[common, election], help="votes to seats", allow_abbrev=False)
    seats.add_argument("--explain", action="store_true", help="say in words how every seat came about")
    seats.set_defaults(command=_allocate)

    following = commands.add_parser(
        "next-seat", parents=[common, election], help="votes to the next seat of every list", allow_abbrev=False
    )
    following.set_defaults(command=_next_seat)

    optional = _election_options(is_required=False)
    sets = commands.add_parser(
        "coalitions", parents=[common, optional], help="votes or seats to majorities", allow_abbrev=False
    )
    sets.add_argument("--majority", type=int, metavar="N", help="seats a government needs; by default more than half")
    sets.set_defaults(command=_coalitions, misused=sets.error)
    return parser


def _election_options(*, is_required: bool) -> argparse.ArgumentParser:
    """What an election is: votes, agreements and rules; where votes are not required, `--seats` may be a table."""
    election = argparse.ArgumentParser(add_help=False)
    election.add_argument(
        "--votes", type=Path, required=is_required, metavar="FILE", help="CSV with columns list,votes"
    )
    election.add_argument("--agreements", type=Path, metavar="FILE", help="CSV with columns list_a,list_b")
    election.add_argument(
        "--seats",
        type=int if is_required else _number_or_file,
        required=True,
        metavar="N" if is_required else "N|FILE",
        help="seats in the house" if is_required else "seats in the house; without --votes a CSV with list,seats",
    )
    election.add_argument(
        "--threshold",
        type=_threshold,
        required=is_required,
        metavar="PCT",
        help="per cent of valid votes like 3.25, a fraction like 1/150, or quota",
    )
    election.add_argument(
        "--exempt", action="append", default=[], metavar="LIST", help="a list without a threshold; may be repeated"
    )
    election.add_argument("--formula", type=Formula, choices=list(Formula), default=Formula.DHONDT)
    election.add_argument(
        "--stop-at-half", action="store_true", help="half of the house needs more than half of the votes to grow"
    )
    return election


def _number_or_file(text: str) -> int | Path:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else Path(text)


def _threshold(text: str) -> str:
    if not THRESHOLD.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage like 3.25, no fraction like 1/150 and not quota")
    return text


Election = tuple[dict[str, int], ElectoralRules, list[SurplusAgreement], int]


def _election(options: argparse.Namespace) -> Election:
    """Votes, rules, agreements and other votes, as the files and options say."""
    if options.seats > MOST_SEATS:
        raise RulesError(f"--seats {options.seats}: a house of at most {MOST_SEATS:,} is worked out; mend the number")
    try:
        threshold = parse_threshold(options.threshold, options.seats)
    except RulesError as refused:
        raise RulesError(f"--{refused}") from None
    votes = _counts(options.votes, "votes", may_be_unnamed=True)
    _refuse_totals(options.votes, votes)
    other_votes = votes.pop("", 0)
    for name in options.exempt:
        if name not in votes:
            raise RulesError(f"--exempt {name}: no such list in {options.votes}; correct the name")
    rules = ElectoralRules(
        options.seats, threshold, options.formula, options.stop_at_half, exempt=frozenset(options.exempt)
    )
    return votes, rules, _agreements(options.agreements, votes) if options.agreements else [], other_votes


def _refuse_totals(path: Path, votes: Mapping[str, int]) -> None:
    """VotesError for a row that is a total, by its name or by its number: it would be counted as a list."""
    for name in votes:
        words = " ".join(re.sub(r"[\"'״׳“”()\[\].:]", "", name).casefold().split())
        if TOTAL.fullmatch(words):
            raise VotesError(f"{path}: {name!r} is a total, not a list; leave the row out")
    total = sum(votes.values())
    for name, count in votes.items():
        if count and 2 * count == total and sum(other > 0 for other in votes.values()) > 2:
            raise VotesError(
                f"{path}: {count} of {name or 'the row without a list'!r} is the sum of the other rows, a total; "
                "leave the row out"
            )


def _allocation(options: argparse.Namespace) -> tuple[Allocation, Mapping[str, int]]:
    votes, rules, pairs, other_votes = _election(options)
    try:
        return allocate(votes, rules, pairs, other_votes), votes
    except VotesError as refused:
        raise VotesError(f"{options.votes}: {refused}") from None


def _allocate(options: argparse.Namespace) -> str:
    allocation, votes = _allocation(options)
    if options.json:
        print("\n".join(_words(allocation, options.explain)), end="", file=sys.stderr)  # the document has the steps
        return json.dumps(allocation_document(allocation), ensure_ascii=False, indent=2)
    width = max(map(len, allocation.seats))
    rows = [f"{name:<{width}}  {votes[name]:>10}  {seats:>4}" for name, seats in allocation.seats.items()]
    ties = [f"tied: {', '.join(tie.lists)} for {tie.seats} more, by lot" for tie in allocation.ties]
    return "\n".join([f"{'list':<{width}}  {'votes':>10}  seats", *rows, *ties, *_words(allocation, options.explain)])


def _words(allocation: Allocation, wanted: bool) -> list[str]:
    return ["", *explain(allocation)] if wanted else []


def _next_seat(options: argparse.Namespace) -> str:
    votes, rules, pairs, other_votes = _election(options)
    try:
        result = next_seat(votes, rules, pairs, other_votes)
    except VotesError as refused:
        raise VotesError(f"{options.votes}: {refused}") from None
    if options.json:
        return json.dumps(next_seat_document(result), ensure_ascii=False, indent=2)
    return "\n".join(explain_next_seat(result))


def _coalitions(options: argparse.Namespace) -> str:
    seats, place = _seats_of(options)
    house = sum(seats.values())
    majority = house // 2 + 1 if options.majority is None else options.majority
    if not house // 2 < majority <= house:
        raise RulesError(f"--majority {majority}: {place} holds {house} seats; give more than half of them")
    winning, blocking = minimal_winning(seats, majority), minimal_blocking(seats, majority)
    counts = {
        "minimal_winning": count_minimal_winning(seats, majority),
        "minimal_blocking": count_minimal_winning(seats, house - majority + 1),
    }
    power = {"banzhaf": banzhaf(seats, majority), "shapley_shubik": shapley_shubik(seats, majority)}
    if options.json:
        document = {
            "house_size": house,
            "majority": majority,
            "minimal_winning": [_row(members, seats) for members in winning],
            "minimal_blocking": [_row(members, seats) for members in blocking],
            "counts": counts,
            "power": {name: {key: float(value) for key, value in index.items()} for name, index in power.items()},
        }
        return json.dumps(document, ensure_ascii=False, indent=2)
    lines = [f"{counts['minimal_winning']} minimal winning sets at {majority} of {house}"]
    lines += _lines(winning, seats, counts["minimal_winning"])
    lines += [f"{counts['minimal_blocking']} minimal blocking sets (without them nobody reaches {majority})"]
    lines += _lines(blocking, seats, counts["minimal_blocking"])
    return "\n".join(lines)


def _seats_of(options: argparse.Namespace) -> tuple[dict[str, int], Path]:
    """The seats of lists that have some, from the votes or from a table, and the file they are from."""
    if options.votes is None:
        if not isinstance(options.seats, Path):
            options.misused("--seats is the house's size only with --votes; without them name a CSV with list,seats")
        if options.agreements or options.threshold or options.exempt or options.stop_at_half:
            options.misused("agreements, threshold, exemptions and --stop-at-half go with --votes; seats are given")
        return _counts(options.seats, "seats"), options.seats
    if isinstance(options.seats, Path) or options.threshold is None:
        options.misused("--votes need --seats N and --threshold PCT")
    allocation, _ = _allocation(options)
    for tie in allocation.ties:
        raise VotesError(
            f"{options.votes}: {', '.join(tie.lists)} are tied for {tie.seats} more; the lot decides first"
        )
    return {name: won for name, won in allocation.seats.items() if won}, options.votes


def _row(members: frozenset[str], seats: Mapping[str, int]) -> dict[str, object]:
    names = [name for name in seats if name in members]
    return {"lists": names, "seats": sum(seats[name] for name in names)}


def _lines(sets: list[frozenset[str]], seats: Mapping[str, int], count: int) -> list[str]:
    lines = [
        f"{sum(seats[name] for name in members):>4}  {', '.join(name for name in seats if name in members)}"
        for members in sets
    ]
    return lines if len(sets) == count else [f"of these the {len(sets)} with the fewest lists:", *lines]


def _rows(path: Path, columns: tuple[str, str]) -> list[tuple[int, str, str]]:
    """Line number and the two cells of every row; VotesError for any other shape of file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            table = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as broken:
        raise VotesError(f"{path}: {broken}; save it as UTF-8 CSV") from None
    except OSError as missing:
        raise VotesError(f"{path}: {missing.strerror}; give a readable CSV file") from None
    header = table[0][1] if table else []
    if sorted(header) != sorted(columns):
        raise VotesError(f"{path}, row 1: columns {','.join(header)!r}; give {','.join(columns)}")
    first, second = header.index(columns[0]), header.index(columns[1])
    for line, cells in table[1:]:
        if len(cells) != 2:
            raise VotesError(f"{path}, row {line}: {len(cells)} cells; give one for each of {','.join(columns)}")
    if not table[1:]:
        raise VotesError(f"{path}: no rows; give at least one")
    return [(line, cells[first], cells[second]) for line, cells in table[1:]]


def _counts(path: Path, column: str, may_be_unnamed: bool = False) -> dict[str, int]:
    """The file's whole numbers by list."""
    counts: dict[str, int] = {}
    for line, name, text in _rows(path, ("list", column)):
        place = f"{path}, row {line}"
        if not name and not may_be_unnamed:
            raise VotesError(f"{place}: a row without a list; name it")
        if name in counts:
            raise VotesError(f"{place}: list {name!r} twice; keep one row")
        if not re.fullmatch(r"[0-9]{1,12}", text):
            raise VotesError(f"{place}: {column} {text!r} of {name!r}; give a whole number from 0, digits only")
        counts[name] = int(text)
    if not set(counts) - {""}:
        raise VotesError(f"{path}: no named list; give at least one")
    return counts


def _agreements(path: Path, votes: Mapping[str, int]) -> list[SurplusAgreement]:
    seen: dict[str, int] = {}
    pairs = []
    for line, first, second in _rows(path, ("list_a", "list_b")):
        place = f"{path}, row {line}"
        if first == second:
            raise VotesError(f"{place}: {first!r} with itself; name two lists")
        for name in (first, second):
            if name not in votes:
                raise VotesError(f"{place}: no list {name!r} among the votes; correct the name or drop the row")
            if name in seen:
                raise VotesError(f"{place}: {name!r} already signed in row {seen[name]}; a list may sign once")
            seen[name] = line
        pairs.append(SurplusAgreement(first, second))
    return pairs


if __name__ == "__main__":
    sys.exit(main())
