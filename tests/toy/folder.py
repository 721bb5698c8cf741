"""An electorate made of files alone, with the oddest law and calendar we could think of.

A Synod of 101 on Chatham's clock, in three languages of which one is Greek and none is written in code; 20 lists and no
bloc; whoever has a quota is in; polls print per cents; only exit polls are banned; one house grew after a vote.
"""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ELECTORATE, PAST, LIVE = "toy", "synod-2024", "synod-2026"
VOTES = {PAST: date(2024, 10, 6), LIVE: date(2026, 10, 4)}
TODAY = date(2026, 9, 20)
LANGUAGES = ("el", "en", "sv")
GREEK = {
    "alpha": "Άλφα", "beta": "Βήτα", "gamma": "Γάμμα", "delta": "Δέλτα", "epsilon": "Έψιλον", "zeta": "Ζήτα",
    "eta": "Ήτα", "theta": "Θήτα", "iota": "Ιώτα", "kappa": "Κάππα", "lambda": "Λάμδα", "mu": "Μι", "nu": "Νι",
    "xi": "Ξι", "omicron": "Όμικρον", "pi": "Πι", "rho": "Ρο", "sigma": "Σίγμα", "tau": "Ταυ", "upsilon": "Ύψιλον",
}  # fmt: skip
LISTS = tuple(GREEK)
FIRMS = ("deep", "shallow", "brackish")
SEATS = 101
SHARES = np.array([0.92**at for at in range(len(LISTS))]) * 0.96 / sum(0.92**at for at in range(len(LISTS)))
COALITIONS = {"dawn": LISTS[:5], "dusk": LISTS[3:12]}


def write(raw: Path) -> Path:
    """The folder under data/raw/electorates; returns it."""
    folder = raw / "electorates" / ELECTORATE
    (folder / "polls").mkdir(parents=True)
    (folder / "electorate.toml").write_text(_settings(), "utf-8")
    (folder / "rules.toml").write_text(_rules(), "utf-8")
    (folder / "README.md").write_text("The Synod's law: https://law.example/synod\n", "utf-8")
    for name, rows in _tables().items():
        _write(folder / f"{name}.csv", rows)
    for election, vote in VOTES.items():
        _write(folder / f"polls/{election}.csv", _polls(vote))
    return folder


def _settings() -> str:
    words = {
        "el": ("Παράδειγμα", "Σύνοδος", "η Σύνοδος", "Πρόβλεψη", "δημοσκόπηση", "ο νόμος"),
        "en": ("Chatham Deep", "Synod", "the Synod", "Projection", "poll", "the Synod Act"),
        "sv": ("Djupet", "Synoden", "synoden", "Prognos", "mätning", "synodlagen"),
    }
    keys = ("name", "house", "the_house", "projection", "poll", "law")
    tables = "".join(
        f"[words.{language}]\n" + "".join(f'{key} = "{text}"\n' for key, text in zip(keys, texts, strict=True))
        for language, texts in words.items()
    )
    return (
        'languages = ["el", "en", "sv"]\n'
        'zone = "Pacific/Chatham"\nunit = "share"\nassumed_sample_size = 900\nassumed_others_pct = 4.0\n'
        'publication_lag_days = 2\nheadline = "coalition"\nintervals_first = true\nlead_seats = 2\n\n' + tables
    )


def _rules() -> str:
    common = 'formula = "sainte-lague"\nthreshold = "quota"\ninvestiture = "negative"\nlaw = "Synod Act, s. 4"\n'
    return (
        f"[[rules]]\nin_force = 2020-01-01\nhouse_size = 99\n{common}\n"
        f"[[rules]]\nin_force = 2024-10-06\nknown_from = 2024-10-07\nhouse_size = {SEATS}\n{common}\n"
        f'[[rules]]\nin_force = 2026-01-01\nhouse_size = {SEATS}\n{common}url = "https://law.example/synod"\n'
    )


def _tables() -> dict[str, list[list[object]]]:
    elections = [["election", "election_date", "lists_close_date", "campaign_start_date", "previous_election", "note"]]
    elections += [[PAST, VOTES[PAST], "2024-08-01", "2024-01-01", "", ""]]
    elections += [[LIVE, VOTES[LIVE], "2026-08-01", "2026-01-01", PAST, ""]]
    lists = [
        [
            election,
            name,
            "ballot",
            name,
            f"#{40 + 8 * at:02x}5a8c",
            f"#{90 + 7 * at:02x}9ac8",
            "",
            "",
            "Electoral Office",
        ]
        for election in VOTES
        for at, name in enumerate(LISTS)
    ]
    lists += [[election, "rest", "residual", "", "#83827e", "#83827e", "", "", ""] for election in VOTES]
    lists += [[election, "unsure", "undecided", "", "#83827e", "#83827e", "", "", ""] for election in VOTES]
    aliases = [[election, "", "Others", "rest", "", "", ""] for election in VOTES]
    aliases += [[election, "", "Don't know", "unsure", "", "", ""] for election in VOTES]
    bans = [[election, "exit_poll", f"{vote}T00:00", f"{vote}T18:00", ""] for election, vote in VOTES.items()]
    coalitions = [[LIVE, name, ";".join(lists), "office", ""] for name, lists in COALITIONS.items()]
    results = [[PAST, name, "", name, 1000 * (LISTS[::-1].index(name) + 5), 0, "Electoral Office"] for name in LISTS]
    return {
        "elections": elections,
        "lists": [_LISTS, *lists],
        "aliases": [["election", "source", "alias", "list", "from_date", "to_date", "note"], *aliases],
        "pollsters": [["pollster", "family"], *([firm, "water" if firm != "deep" else ""] for firm in FIRMS)],
        "pollster_aliases": [_FIRM_ALIASES, *([f"{firm.title()} Polls", firm, "", "", "", ""] for firm in FIRMS)],
        "ban": [["election", "kind", "start", "end", "note"], *bans],
        "coalitions": [["election", "coalition", "lists", "source", "note"], *coalitions],
        "results": [_RESULTS, *_with_seats(results)],
        "names": [["kind", "id", "language", "name", "short"], *_names()],
    }


_LISTS: list[object] = [
    "election", "list", "kind", "members", "colour_light", "colour_dark", "ballot_letters", "attributes", "source",
]  # fmt: skip
_FIRM_ALIASES: list[object] = ["alias", "pollster", "publisher", "from_date", "to_date", "note"]
_RESULTS: list[object] = ["election", "list", "ballot_letters", "ballot_name", "votes", "seats", "source"]


def _with_seats(rows: list[list[object]]) -> list[list[object]]:
    """Webster by hand, one seat after the other to the largest quotient: none of our own code decides a result."""
    votes = [int(str(row[4])) for row in rows]
    quota = sum(votes) / SEATS
    seats = [0] * len(rows)
    for _ in range(SEATS):
        quotients = [
            (count / (2 * won + 1) if count >= quota else 0.0) for count, won in zip(votes, seats, strict=True)
        ]
        seats[int(np.argmax(quotients))] += 1
    return [[*row[:2], "x", *row[3:5], won, row[6]] for row, won in zip(rows, seats, strict=True)]


def _names() -> Iterable[list[object]]:
    things: list[tuple[str, str, str, str]] = [
        ("election", PAST, "Σύνοδος 2024", "Synod 2024"),
        ("election", LIVE, "Σύνοδος 2026", "Synod 2026"),
        *(("list", name, greek, name.title()) for name, greek in zip(LISTS, GREEK.values(), strict=True)),
        ("list", "rest", "Άλλοι", "Others"),
        ("list", "unsure", "Δεν ξέρω", "Undecided"),
        *(("pollster", firm, f"{firm} ΑΕ", f"{firm.title()} Polls") for firm in FIRMS),
        ("coalition", "dawn", "Αυγή", "Dawn"),
        ("coalition", "dusk", "Σούρουπο", "Dusk"),
        ("source", "office", "Γραφείο", "Electoral Office"),
    ]
    for kind, name, greek, english in things:
        for language, text in zip(LANGUAGES, (greek, english, english), strict=True):
            yield [kind, name, language, text, ""]


def _polls(vote: date) -> Iterable[list[object]]:
    yield [
        "poll", "fieldwork_start", "fieldwork_end", "published_date", "pollster", "publisher", "sample_size", "kind",
        "label", "status", "seats", "pct", "source", "fieldwork_basis",
    ]  # fmt: skip
    rng = np.random.default_rng(7)
    for at, ahead in enumerate(range(200, 1, -6)):
        day, firm = vote - timedelta(days=ahead), FIRMS[at % len(FIRMS)]
        pct = 100 * np.clip(SHARES + rng.normal(0, 0.004, len(LISTS)), 0.002, None)
        pct *= 96 / pct.sum()
        cells = dict(zip((name.title() for name in LISTS), pct, strict=True)) | {"Others": 4.0, "Don't know": 11.0}
        size = "≥900" if at % 5 == 0 else str(1000 + at)
        basis = "guessed" if at % 7 == 0 else "printed"
        survey = [f"{day}-{firm}", "", day, day + timedelta(days=1), f"{firm.title()} Polls", "", size, "poll"]
        for label, share in cells.items():
            yield [*survey, label, "share", "", f"{share:.5f}".rstrip("0").rstrip("."), "The Deep Gazette", basis]


def _write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
