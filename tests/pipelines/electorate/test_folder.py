"""Electorates as folders: several beside each other, a desk's rulings of any release, and what is refused."""

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from pipelines.electorate.columns import Kind
from pipelines.electorate.folder import calendar_of, calendars, load
from pipelines.errors import RawDataError, UnknownElection
from pipelines.ingest.archive import open_reference
from pipelines.ingest.normalise import NameIndex

ALIAS = "knesset-22,,{label},likud,,,seen in print"
HEAD = "election,source,alias,list,from_date,to_date,note"


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_day_of_a_vote_is_known_whatever_is_wrong_with_files_of_lists(data_dir: Path) -> None:
    raw = data_dir / "raw"
    campaigns = load(raw).campaigns
    assert calendars(raw) == [campaign.calendar for campaign in campaigns.values()]
    assert {name: calendar_of(raw, name) for name in campaigns} == {
        name: campaign.calendar for name, campaign in campaigns.items()
    }
    with pytest.raises(UnknownElection, match=r"known are .*knesset-22"):
        calendar_of(raw, "knesset-99")
    lists = raw / "electorates/il/lists.csv"
    lists.unlink()
    lists.write_text("no list\n", "utf-8")
    assert calendar_of(raw, "knesset-22").vote_date == date(2019, 9, 17)


OF_DAYS: dict[str, tuple[str, str, str, str]] = {
    "a ban of no election": ("ban.csv", "knesset-22,", "knesset-2222,", "knesset-2222"),
    "an election twice": ("elections.csv", "\nknesset-23,", "\nknesset-22,", "knesset-22"),
    "a previous election that has no row": (
        "elections.csv",
        ",2019-10-03,knesset-22,",
        ",,knesset-2222,",
        "'knesset-2222', which has",
    ),
}


@pytest.mark.parametrize("name", OF_DAYS)
def test_what_is_wrong_with_days_is_refused_alike_by_who_reads_only_them(data_dir: Path, name: str) -> None:
    file, old, new, reason = OF_DAYS[name]
    path = data_dir / "raw/electorates/il" / file
    text = path.read_text("utf-8")
    assert old in text
    path.unlink()  # a link to what ships
    path.write_text(text.replace(old, new), "utf-8")
    for reader in (calendars, load):
        with pytest.raises(RawDataError, match=reason):
            reader(data_dir / "raw")


@pytest.fixture
def two(data_dir: Path) -> Path:
    """The raw folder with a second electorate beside the first: one of its campaigns under another name."""
    raw = data_dir / "raw"
    other = raw / "electorates/xx"
    shutil.copytree(
        raw / "electorates/il",
        other,
        ignore=shutil.ignore_patterns("polls", "to_check", "leaders.csv", "terms.csv", "record.json"),
    )
    for path in other.glob("*.csv"):
        own = [row for row in rows_of(path) if row.get("election", "knesset-22") == "knesset-22"]
        write_rows(path, [{name: cell.replace("knesset-22", "diet-22") for name, cell in row.items()} for row in own])
    ids = {
        (kind, row[kind])
        for path in other.glob("*.csv")
        for row in rows_of(path)
        for kind in row.keys() & get_args(Kind)
        if kind != "list" or path.stem == "lists"
    }
    names = [row for row in rows_of(other / "names.csv") if (row["kind"], row["id"].removeprefix("diet-22/")) in ids]
    write_rows(other / "names.csv", names)
    (other / "polls").mkdir()
    polls = (raw / "electorates/il/polls/knesset-22.csv").read_text("utf-8")
    (other / "polls/diet-22.csv").write_text(polls, "utf-8")
    return raw


def test_two_electorates_load_beside_each_other_and_each_campaign_knows_its_own(two: Path) -> None:
    reference = open_reference(two)
    assert [name for name, campaign in reference.campaigns.items() if campaign.electorate.id == "xx"] == ["diet-22"]
    assert {campaign.electorate.id for campaign in reference.campaigns.values()} >= {"il", "xx"}
    own, copied = reference.campaign("knesset-22"), reference.campaign("diet-22")
    assert copied.lists == own.lists
    assert [row.list for row in copied.results] == [row.list for row in own.results]
    assert "electorates/xx/lists.csv" in copied.electorate.fingerprint.keys() - own.electorate.fingerprint.keys()


def add_row(name: str, row: str) -> Callable[[Path], None]:
    def change(raw: Path) -> None:
        path = raw / "electorates/xx" / name
        path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")

    return change


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(raw: Path) -> None:
        path = raw / "electorates/xx" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


def move_polls(raw: Path) -> None:
    (raw / "electorates/xx/polls/diet-22.csv").rename(raw / "electorates/il/polls/diet-22.csv")


def rename_election(raw: Path) -> None:
    for path in (raw / "electorates/xx").glob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("diet-22", "knesset-22"), "utf-8")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "an election of two electorates": (
        rename_election,
        "election 'knesset-22' is also in .*il/elections.csv; rename one",
    ),
    "a list of the other electorate's campaign": (
        add_row("outgoing.csv", "knesset-22,likud,3,,a test"),
        "xx/outgoing.csv: row .*: election is 'knesset-22'; known are diet-22",
    ),
    "an alias of a firm nobody has": (
        add_row("pollster_aliases.csv", "Smyth,smyth,,,,,"),
        "xx/pollster_aliases.csv: row .*: pollster is 'smyth'; add it to pollsters.csv",
    ),
    "polls in the wrong folder": (move_polls, "il/polls/diet-22.csv: row 1: unknown election 'diet-22'"),
    "no electorate": (lambda raw: shutil.rmtree(raw / "electorates"), "no electorate in it; restore"),
}


def test_a_firm_an_outlet_and_a_list_mean_in_each_electorate_what_it_says_there(two: Path) -> None:
    replace("pollster_aliases.csv", "\nSmith,smith,", "\nSmith,midgam,")(two)
    replace("publisher_aliases.csv", "\n103fm,103fm,", "\n103fm,maariv,")(two)
    reference = open_reference(two)
    names = {name: NameIndex.of(reference.campaign(name)) for name in ("knesset-22", "diet-22")}
    day = date(2019, 9, 1)
    assert [index.firm("Smith", day, None) for index in names.values()] == ["smith", "midgam"]
    assert [index.publisher("103fm") for index in names.values()] == ["103fm", "maariv"]


@pytest.mark.parametrize("case", REFUSED)
def test_electorates_that_contradict_each_other_are_refused(case: str, two: Path) -> None:
    change, reason = REFUSED[case]
    open_reference(two)
    change(two)
    with pytest.raises(RawDataError, match=reason):
        open_reference(two)
    if case == "an election of two electorates":
        with pytest.raises(RawDataError, match=reason):
            calendars(two)


def test_a_desk_rules_on_campaigns_of_every_electorate(two: Path) -> None:
    write(two / "desk/aliases.csv", HEAD, ALIAS.format(label="ours"), "diet-22,,theirs,shas,,,seen in print")
    reference = load(two)
    own, others = (
        {row.alias: row.list for row in reference.campaign(name).aliases} for name in ("knesset-22", "diet-22")
    )
    assert (own["ours"], others["theirs"]) == ("likud", "shas")
    assert "ours" not in others


def test_a_desk_keeps_the_aliases_it_wrote_before_electorates_had_folders(data_dir: Path) -> None:
    raw = data_dir / "raw"
    write(raw / "desk/list_aliases.csv", HEAD, ALIAS.format(label="older"))
    write(raw / "desk/aliases.csv", HEAD, ALIAS.format(label="newer"))
    lists = {row.alias: row.list for row in load(raw).campaign("knesset-22").aliases}
    assert (lists["older"], lists["newer"]) == ("likud", "likud")
    assert {"desk/list_aliases.csv", "desk/aliases.csv"} < load(raw).electorates["il"].fingerprint.keys()


def test_a_ruling_of_the_desk_on_an_election_nobody_has_names_its_row(data_dir: Path) -> None:
    write(data_dir / "raw/desk/list_aliases.csv", HEAD, "knesset-99,,Likud,likud,,,seen in print")
    with pytest.raises(RawDataError, match=r"desk/list_aliases.csv: row 2: election is 'knesset-99'; known are"):
        load(data_dir / "raw")


def test_a_bloc_in_a_coalition_stands_for_its_lists_and_the_heads_of_a_list_are_the_last_to_be_named(
    root: Path,
) -> None:
    campaign = load(root / "data/raw", ("il",)).campaign("knesset-26")
    blocs = {bloc.id: bloc.lists for bloc in campaign.blocs()}
    rows = {row.coalition: row.lists for row in campaign.coalitions}
    assert rows["opposition-unaligned"] == blocs["opposition"] + blocs["unaligned"]
    heads = campaign.leaders_known(date(2026, 9, 1))
    assert [row.leader for row in heads["religious-zionism-zehut"]] == ["bezalel-smotrich", "moshe-feiglin"]
    assert "reservists-economic" not in heads  # founded on the sixth


@pytest.mark.parametrize("name", ["all", "all-live", "elections", "electorates"])
def test_an_election_is_called_by_no_word_of_commands_and_addresses(name: str, two: Path) -> None:
    for path in (two / "electorates/xx").glob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("diet-22", name), "utf-8")
    with pytest.raises(RawDataError, match=rf"elections.csv: row 2: election is '{name}', a word of commands"):
        load(two)
