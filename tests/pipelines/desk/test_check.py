"""A check before air: every planted fault is named, no sound poll is stopped, and its numbers are the refresh's own."""

import json
import random
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from electoral.polls import Poll, Unit
from pipelines.commands.cli import app
from pipelines.desk.check import Check, Standing, check, check_file
from pipelines.editions.store import EditionStore
from pipelines.errors import PageRefused
from pipelines.ingest.imports import import_file
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from tests.conftest import ROOT, link_il
from tests.pipelines.desk.replay import Desk, desk, typed

# Days on which desks of the past stood: how many real polls of the fortnight that came are checked there.
SOUND = {
    ("knesset-19", "2013-01-03"): 18,
    ("knesset-20", "2015-02-26"): 14,
    ("knesset-21", "2019-03-22"): 22,
    ("knesset-22", "2019-08-30"): 18,
    ("knesset-23", "2020-02-13"): 15,
    ("knesset-24", "2021-03-05"): 14,
    ("knesset-25", "2022-10-13"): 15,
    ("knesset-26", "2026-09-21"): 16,
    ("se-2018", "2018-08-24"): 26,
    ("se-2022", "2022-08-27"): 42,
}
FAULTS_EACH = 4
SEED = 18
Edit = Callable[[str], str]
Planted = tuple[Poll, Edit, str]  # the poll, what was done to its text, and what has to be said


def line(poll: Poll, name: str) -> str:
    return next(one for one in typed(poll).splitlines() if one.startswith(f"{name}: "))


def put(**texts: object) -> Edit:
    """Other text in some lines; None takes a line out."""

    def edit(text: str) -> str:
        for name, value in texts.items():
            line = "" if value is None else f"{name}: {value}"
            text, count = re.subn(rf"(?m)^{re.escape(name)}: .*$", line, text)
            text = text if count else f"{text}\n{line}"
        return text

    return edit


def numbers(poll: Poll) -> dict[str, float]:
    """The numbers of its lists of more than a few per cent, the largest first."""
    seats = {one.list: one.seats or float(one.pct if poll.unit is Unit.SHARE and one.pct else 0) for one in poll.values}
    return {name: value for name, value in sorted(seats.items(), key=lambda pair: -pair[1]) if value >= 4}


def set_numbers(poll: Poll, **changed: float) -> Edit:
    return put(**{name: f"{value:.4g}" + ("%" if poll.unit is Unit.SHARE else "") for name, value in changed.items()})


def digit(poll: Poll, _: Desk) -> Planted:
    (name, value), *_others = numbers(poll).items()
    return poll, set_numbers(poll, **{name: value + 10}), "refused .*sum"


def digit_made_up(poll: Poll, _: Desk) -> Planted:
    (first, most), *_between, (last, least) = numbers(poll).items()
    edit = set_numbers(poll, **{first: most - least - 6, last: least + least + 6})
    return poll, edit, rf"unexpected ({first}|{last}) "


def swapped(poll: Poll, _: Desk) -> Planted:
    (first, most), *_between, (last, least) = numbers(poll).items()
    return poll, set_numbers(poll, **{first: least, last: most}), rf"swapped ({first} {last}|{last} {first}) "


def lost(poll: Poll, _: Desk) -> Planted:
    (name, _seats), *_others = numbers(poll).items()
    return poll, put(**{name: None}), "refused .*sum"


def off_by_little(poll: Poll, _: Desk) -> Planted:
    (name, value), *_others = numbers(poll).items()
    return poll, set_numbers(poll, **{name: value + (1 if poll.unit is Unit.SEATS else 12)}), "refused .*sum"


def doubled(_: Poll, at: Desk) -> Planted:
    last = at.standing.polls[-1]
    return last, str, f"duplicate .*{last.id}"


def unknown_firm(poll: Poll, _: Desk) -> Planted:
    return poll, put(pollster="Nadir Opinion Labs"), "unknown-firm .*nadir-opinion-labs"


def wrong_year(poll: Poll, _: Desk) -> Planted:
    day = poll.fieldwork.end.replace(year=poll.fieldwork.end.year - 1)
    return (
        poll,
        put(fieldwork_start=None, fieldwork_end=day, published_date=None),
        "old |no poll: .*day|refused .*before",
    )


def next_year(poll: Poll, _: Desk) -> Planted:
    day = poll.fieldwork.end.replace(year=poll.fieldwork.end.year + 1)
    return poll, put(fieldwork_start=None, fieldwork_end=day, published_date=None), f"no poll: .*{day.year}"


def under_threshold(poll: Poll, _: Desk) -> Planted | None:
    if poll.unit is Unit.SHARE:
        return None
    (first, most), *_between, (last, least) = numbers(poll).items()
    return poll, set_numbers(poll, **{last: 2, first: most + least - 2}), "refused .*2 seats"


def misspelt(poll: Poll, _: Desk) -> Planted:
    name, *_others = numbers(poll)
    return poll, lambda text: text.replace(f"\n{name}: ", f"\n{name[:2]}q{name[2:]}z: "), "unknown list"


def letter(poll: Poll, _: Desk) -> Planted:
    (name, value), *_others = numbers(poll).items()
    return poll, put(**{name: f"{value:g}".replace("0", "o") + "o"}), rf"no poll: .*{name}"


def days_turned_round(poll: Poll, _: Desk) -> Planted:
    start, end = poll.fieldwork.end, poll.fieldwork.end - timedelta(days=2)
    return poll, put(fieldwork_start=start, fieldwork_end=end, published_date=None), "no poll: .*after it ends"


def sample(poll: Poll, at: Desk) -> Planted | None:
    sizes = [one.sample_size for one in at.standing.of_firm(poll) if one.sample_size]
    edit = put(sample_size=10 * max(sizes, default=0))
    return (poll, edit, "sample ") if len(sizes) >= 3 else None


FAULTS: tuple[Callable[[Poll, Desk], Planted | None], ...] = (
    digit, digit_made_up, swapped, lost, off_by_little, doubled, unknown_firm, wrong_year, next_year, under_threshold,
    misspelt, letter, days_turned_round, sample,
)  # fmt: skip


def planted(polls: Sequence[Poll], at: Desk, number: int, chance: random.Random) -> Planted:
    """The next kind of fault in turn; one that a poll cannot have gives its place to the next."""
    for kind in range(number, number + len(FAULTS)):
        if fault := FAULTS[kind % len(FAULTS)](chance.choice(polls), at):
            return fault
    raise AssertionError("no fault fits")


@pytest.mark.parametrize(("election", "day"), SOUND, ids=[name for name, _ in SOUND])
def test_of_real_polls_every_planted_fault_is_named_and_no_sound_one_is_stopped(election: str, day: str) -> None:
    at = desk(ROOT / "data", election, date.fromisoformat(day))
    place = list(SOUND).index((election, day))
    chance = random.Random(SEED + place)
    by_poll = {poll: at.remarks_on(poll) for poll in chance.sample(at.coming, SOUND[election, day])}
    assert [poll.id for poll, remarks in by_poll.items() if remarks.startswith("no poll")] == []
    plain = [poll for poll, remarks in by_poll.items() if not remarks and poll.pollster and len(numbers(poll)) > 3]
    for number in range(FAULTS_EACH):
        poll, edit, wanted = planted(plain, at, FAULTS_EACH * place + number, chance)
        remarks = at.remarks_on(poll, edit)
        assert re.search(wanted, remarks), (wanted, remarks, edit(typed(poll)))


def test_that_is_two_hundred_polls_and_forty_faults_of_every_kind() -> None:
    assert sum(SOUND.values()) == 200
    assert len(SOUND) * FAULTS_EACH == 40


NEW = """fieldwork_end: 2019-09-10
pollster: Midgam
publisher: Army Radio
sample_size: 510
margin: 4.4
likud: 32
blue-and-white: 32
joint-list: 11
yamina: 9
yisrael-beiteinu: 9
shas: 7
united-torah-judaism: 7
labor-gesher: 6
democratic-union: 7
otzma-yehudit: (2.9%)
"""
TODAY = date(2019, 9, 10)


def request(data_dir: Path, today: date = TODAY) -> RefreshRequest:
    return RefreshRequest(data_dir, today, None, 2_000, 0)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Check:
    data_dir = tmp_path_factory.mktemp("desk") / "data"
    link_il(ROOT, data_dir)
    before = list(data_dir.rglob("*"))
    checked = check_file(request(data_dir), "knesset-22", NEW.encode(), "typed")
    assert list(data_dir.rglob("*")) == before  # nothing is written
    return checked


def test_a_poll_is_held_to_the_line_the_firm_and_its_last_poll(checked: Check) -> None:
    poll = checked.polls[0]
    assert (poll.pollster, poll.is_known_firm, poll.unit, poll.total, poll.whole) == ("midgam", True, "seats", 120, 120)
    assert poll.previous
    assert poll.lean
    assert poll.lean.low < poll.lean.seats < poll.lean.high
    rows = {row.list: row for row in poll.lists}
    assert rows["likud"].low <= rows["likud"].expected <= rows["likud"].high
    assert rows["likud"].change == rows["likud"].printed - rows["likud"].previous
    assert all(row.excess >= 0 for row in poll.lists if row.excess is not None)
    assert poll.lead
    assert (poll.lead.ahead, poll.lead.is_clear) == (0, False)
    assert poll.remarks == ()


def test_items_of_the_law_are_found_or_not_in_what_was_entered(checked: Check) -> None:
    items = {item for item, is_found in checked.polls[0].disclosed.items() if is_found}
    assert items == {"pollster", "dates", "sample", "margin"}
    assert checked.polls[0].disclosed.keys() > items


def test_what_the_projection_becomes_is_what_the_next_refresh_prints(checked: Check, data_dir: Path) -> None:
    """The same poll imported, and a refresh of the same draws and seed: seat by seat, chance by chance."""
    file = data_dir.parent / "poll.csv"
    file.write_text(NEW, "utf-8")
    import_file(data_dir, file, "csv", "knesset-22", TODAY)
    list(run("knesset-22", request(data_dir), lambda *_: None))
    store = EditionStore(data_dir / "processed")
    edition = store.open("knesset-22", store.current()["knesset-22"])
    assert checked.becomes
    assert {row.list: row.after_seats for row in checked.becomes.lists} == edition.projection.allocation
    chances = {bloc.bloc: bloc.after_p_majority for bloc in checked.becomes.blocs}
    assert chances == {bloc.id: bloc.p_majority for bloc in edition.projection.blocs}
    disclosed = next(poll.disclosed for poll in edition.polls.polls if poll.poll == checked.polls[0].poll)
    assert set(disclosed) == {item for item, is_found in checked.polls[0].disclosed.items() if is_found}


def test_during_a_ban_nothing_new_is_worked_out(data_dir: Path) -> None:
    text = NEW.replace("2019-09-10", "2019-09-14")
    checked = check_file(request(data_dir, date(2019, 9, 14)), "knesset-22", text.encode(), "typed")
    assert checked.may_publish is False
    assert checked.ban_end
    assert checked.becomes is None
    assert [one.code for one in checked.remarks] == ["ban"]


def test_a_sheet_of_several_polls_is_one_check(data_dir: Path) -> None:
    cells = [line.partition(": ")[::2] for line in NEW.splitlines()]
    head, row = ([cell[at] for cell in cells] for at in (0, 1))
    other = ["2019-09-09", "Nobody Knows", "", "", "", *row[5:]]
    sheet = "\n".join(",".join(one) for one in (head, row, row, other))
    checked = check_file(request(data_dir), "knesset-22", sheet.encode(), "polls.csv")
    assert [poll.pollster for poll in checked.polls] == ["midgam", "nobody-knows"]
    assert [one.code for one in checked.every_remark] == ["duplicate", "unknown-firm"]
    assert checked.becomes
    assert len(checked.becomes.polls) == 2


def test_the_command_ends_with_0_clean_3_with_remarks_and_1_where_it_is_no_poll(
    data_dir: Path, command: Callable[..., Any]
) -> None:
    codes = {"clean": (NEW, 0), "odd": (NEW.replace("likud: 32", "likud: 33"), 3), "none": ("a letter to the desk", 1)}
    codes["misspelt"] = (NEW.replace("likud: 32", "lqkud: 32"), 1)
    for name, (text, code) in codes.items():
        file = data_dir.parent / name
        file.write_text(text, "utf-8")
        done = command(
            "pipelines", "check", file, "--election", "knesset-22", "--today", TODAY, "--draws", 500, "--json",
            "--data-dir", data_dir,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        if code == 1:
            assert (done.stdout, done.stderr.count("\n")) == ("", 1)
            continue
        document = json.loads(done.stdout)
        sentences = document.pop("sentences")
        assert Check.model_validate_json(json.dumps(document)).polls[0].pollster == "midgam"
        assert set(next(iter(sentences.values()))) == {"en", "he"}
    assert not list((data_dir / "processed").iterdir())


def test_the_example_of_the_docs_is_checked_as_they_say(data_dir: Path) -> None:
    page = (ROOT / "docs/newsroom.md").read_text("utf-8")
    text = "".join(
        f"{line}\n" for line in re.findall(r"^    ([^:\n]+: .+)$", page[: page.index("Nothing is written")], re.M)
    )
    commands = re.findall(r"^    python -m pipelines (check .*)$", page, re.M)
    (data_dir / "poll.txt").write_text(text, "utf-8")
    for line in commands:
        words = line.partition(" < ")[0].replace("poll.txt", str(data_dir / "poll.txt")).split()
        done = CliRunner().invoke(app, [*words, "--draws", "500", "--data-dir", str(data_dir)], input=text)
        assert done.exit_code == 0, done.output
        assert "In the Midgam poll of 10 Sept 2019, Likud has 34 seats" in done.output
    assert len(commands) == 2


def test_junk_of_any_kind_is_checked_or_refused_in_words(data_dir: Path) -> None:
    """Whatever is typed into a line: a check or one reason, never a fault of ours."""
    standing, chance = Standing.of(request(data_dir), "knesset-22"), random.Random(SEED)
    lines = NEW.splitlines()
    for _ in range(120):
        text = lines.copy()
        for at in chance.sample(range(len(lines)), 2):
            name, _, value = text[at].partition(": ")
            junk = chance.choice(
                ["", "9" * 400, "-1", "1e9", "٣", "\u202e12", "<b>", "=1+1", "0", "120", "100%", value * 2]
            )
            text[at] = chance.choice([f"{name}: {junk}", f"{junk}: {value}", junk, text[at] + "\n" + text[at]])
        with suppress(PageRefused):
            check(standing, "\n".join(text).encode(), "typed", projects=False)
