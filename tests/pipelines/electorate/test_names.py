"""Names by kind, id and language: the order in which they are looked for, and what is refused when they are loaded."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions.schema import Reference as Document
from pipelines.editions.schema import upgraded
from pipelines.electorate import Names
from pipelines.electorate.columns import Kind, NameRow
from pipelines.electorate.folder import load
from pipelines.errors import RawDataError

GOLDEN = "tests/golden/editions/knesset-22/2019-09-16-6fbdd93ae72e/reference.json.gz"


def row(name: str, language: str, text: str, short: str | None = None, kind: Kind = "list") -> NameRow:
    return NameRow(kind=kind, id=name, language=language, name=text, short=short)


NAMES = Names(
    (
        row("alpha", "nl", "Alfa-partij", "Alfa"),
        row("alpha", "fy", "Alfa-partij op syn Frysk", "Alfa Fr"),
        row("diet-2/alpha", "nl", "Lijst Alfa"),
        row("beta", "nl", "Bèta"),
        row("beta", "nl", "Peiler Bèta", kind="pollster"),
    ),
    ("nl", "fy"),
)


@pytest.mark.parametrize(
    ("name", "language", "text", "short"),
    [
        ("alpha", "nl", "Alfa-partij", "Alfa"),
        ("diet-1/alpha", "nl", "Alfa-partij", "Alfa"),
        ("diet-2/alpha", "nl", "Lijst Alfa", "Lijst Alfa"),
        ("diet-2/alpha", "fy", "Alfa-partij op syn Frysk", "Alfa Fr"),
        ("diet-2/alpha", "en", "Lijst Alfa", "Lijst Alfa"),
        ("beta", "fy", "Bèta", "Bèta"),
        ("diet-1/gamma", "nl", "gamma", "gamma"),
    ],
)
def test_a_name_is_looked_for_in_its_order(name: str, language: str, text: str, short: str) -> None:
    assert (NAMES.text("list", name, language), NAMES.short("list", name, language)) == (text, short)


def test_kinds_are_apart_and_languages_are_those_of_the_rows() -> None:
    assert NAMES.text("pollster", "beta", "nl") == "Peiler Bèta"
    assert NAMES.languages == ("nl", "fy")
    assert NAMES.find("list", "beta", "fy") is None


def test_the_rows_of_some_things_are_all_that_their_names_are_read_from() -> None:
    wanted: list[tuple[Kind, str]] = [("list", "diet-2/alpha"), ("list", "alpha"), ("pollster", "nobody")]
    assert set(NAMES.of(wanted)) == set(NAMES.rows[:3])
    few = Names(tuple(NAMES.of(wanted)), NAMES.languages)
    assert all(few.text("list", "diet-2/alpha", each) == NAMES.text("list", "diet-2/alpha", each) for each in "nl fy")


def golden(root: Path) -> Document:
    content = gzip.decompress((root / GOLDEN).read_bytes())
    return Document.model_validate_json(upgraded("reference.json", content))


def test_every_name_of_the_golden_edition_is_still_the_same(root: Path) -> None:
    """Names moved from columns of many files into one; what readers see of them did not."""
    document, campaign = golden(root), load(root / "data/raw").campaign("knesset-22")
    names = campaign.names
    for each in document.lists:
        assert each.names == campaign.list_names(each.id)
        assert each.shorts == campaign.list_shorts(each.id)
    things: list[tuple[Kind, Any]] = [("election", document.election)]
    things += [("pollster", each) for each in document.pollsters]
    # How a bloc is worded is the editors' to mend; which blocs there are is not.
    assert {bloc.id for bloc in document.blocs} == {bloc.id for bloc in campaign.blocs()}
    things += [("publisher", each) for each in document.publishers]
    for kind, each in things:
        assert each.names == names.texts(kind, each.id)
    events = [(event.date, names.texts("event", event.event)) for event in campaign.events]
    assert all((event.date, event.texts) in events for event in document.events)
    sources = [names.text("source", event.source, "en") for event in campaign.events]
    assert all(event.sources["en"] in sources for event in document.events)


Change = Callable[[str], str]


def without(line: str) -> Change:
    return lambda text: "".join(row for row in text.splitlines(keepends=True) if not row.startswith(line))


def also(line: str) -> Change:
    return lambda text: f"{text}{line}\n"


REFUSED: dict[str, tuple[str, Change, str]] = {
    "a list": (
        "names",
        without("list,likud,he,"),
        "'likud' has no name in 'he'; add a row list,likud,he,<name>,",
    ),
    "an event": ("names", without("event,knesset-22-2019-09-17-election-day,en"), "event 'knesset-22-.* in 'en'"),
    "a condition": ("names", without("condition,likud-led-by-netanyahu,he"), "condition 'likud-led.* in 'he'"),
    "half a quote": ("names", without("statement,knesset-26-2026-09-17-yashar,en"), "statement 'knesset-26.* in 'en'"),
    "a language of one row": (
        "names",
        also("list,likud,ar,الليكود,"),
        r"row \d+: language is 'ar'; electorate.toml has en, he",
    ),
    "an id that nothing has": (
        "names",
        also("list,likut,en,Likud,"),
        r"row \d+: no list is 'likut'; mend the id",
    ),
    "a list of another campaign": ("names", also("list,knesset-26/noam-2,en,x,"), "no list is 'knesset-26/noam-2'"),
    "a name twice": ("names", also("list,likud,en,Likud,"), r"row \d+: list, likud, en stands already in row"),
    "a kind nobody knows": (
        "names",
        also("party,likud,en,Likud,"),
        r"row \d+: kind is 'party'; write 'election'",
    ),
    "a blank name": ("names", also("list,knesset-26/likud,en,,"), r"row \d+: name is ''; it must not be blank"),
    "no name at all": ("names", lambda text: text.partition("\n")[0] + "\n", "no name in it; restore it"),
    "a new source": (
        "events",
        also("knesset-22-2019-09-18-x,knesset-22,2019-09-18,kol-hair,"),
        "event 'knesset-22-2019-09-18-x' has no name",
    ),
    "an event twice": (
        "events",
        also("knesset-22-2019-09-17-election-day,knesset-22,2019-09-17,ap,"),
        "knesset-22-2019-09-17-election-day stands already",
    ),
    "a quote in a language nobody offers": (
        "statements",
        lambda text: text.replace(",en,yes,jerusalem-post-593096,", ",fr,yes,jerusalem-post-593096,"),
        "statements.csv: row 2: quote_language is 'fr'; names.csv has en, he",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_named_in_every_language_is_refused_with_place_and_remedy(case: str, data_dir: Path) -> None:
    name, change, reason = REFUSED[case]
    path = data_dir / f"raw/electorates/il/{name}.csv"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(RawDataError, match=reason):
        load(data_dir / "raw")


def test_a_language_more_is_rows_more(data_dir: Path) -> None:
    path = data_dir / "raw/electorates/il/names.csv"
    text = path.read_text("utf-8")
    path.write_text(text + "".join(each.replace(",en,", ",ar,") for each in text.splitlines(True) if ",en," in each))
    settings = data_dir / "raw/electorates/il/electorate.toml"
    words = settings.read_text("utf-8").replace('languages = ["en", "he"]', 'languages = ["en", "he", "ar"]')
    settings.write_text(words + words[words.index("[words.en]") :].replace("[words.en]", "[words.ar]"), "utf-8")
    names = load(data_dir / "raw").campaign("knesset-22").names
    assert names.languages == ("en", "he", "ar")
    assert names.text("list", "knesset-22/likud", "ar") == "Likud"
