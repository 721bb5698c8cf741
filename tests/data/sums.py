"""The note on polls that do not add up to the house, one by one: `python -m tests.data.sums` writes docs/sums.md."""

from datetime import date, timedelta
from statistics import median

from tests.data.reference import ROOT, Row, called, covering, elections, members, polls, reference, total

NOTE = ROOT / "docs" / "sums.md"
AROUND = timedelta(days=28)
HEAD = """# Polls that do not add up

Each poll of the archive whose seats are not the size of the house, one by one: what it adds up to, what was ruled and
why, and what its row shows beside the ordinary polls of the four weeks before and after it. A list is missing where
half of those print seats for its parties and this one has no cell for them; its usual seats stand in brackets. Written
by `python -m tests.data.sums` from the archive and `rulings.csv`; a test keeps it complete. No poll is rescaled.
"""


def seats_by_list(name: str, cells: list[Row]) -> dict[str, float]:
    """List → seats, 0 where it has a cell without any."""
    aliases = reference("aliases", name)
    names = (covering(aliases, row["label"], row["fieldwork_end"])[0]["list"] for row in cells)
    return {slug: float(row["seats"] or 0) for slug, row in zip(names, cells, strict=True)}


def missed(name: str, poll: str) -> list[str]:
    """The lists that the polls around print seats for and this one has no cell for, with their usual seats."""
    end, members_of = date.fromisoformat(polls(name)[poll][0]["fieldwork_end"]), members(name)
    printed = frozenset().union(*(members_of[slug] for slug in seats_by_list(name, polls(name)[poll])))
    lacking = {row["poll"] for row in reference("rulings", name) if row["ruling"] == "column-missing"}
    near = [
        seats_by_list(name, cells)
        for other, cells in polls(name).items()
        if other not in {poll, *lacking}
        and cells[0]["kind"] == "poll"
        and abs(date.fromisoformat(cells[0]["fieldwork_end"]) - end) <= AROUND
    ]
    usual = {slug: [one[slug] for one in near if one.get(slug)] for one in near for slug in one}
    names = {slug: called("list", f"{name}/{slug}") for slug in members(name)}
    return [
        f"{names[slug]} ({median(seats):g})"
        for slug, seats in sorted(usual.items())
        if len(seats) * 2 >= len(near) and not members_of[slug] & printed
    ]


def shown(name: str, ruling: Row) -> str:
    cells = polls(name)[ruling["poll"]]
    lacks = missed(name, ruling["poll"])
    row = f"no cell for {', '.join(lacks)}" if lacks else "no list that was polled then is missing"
    return (
        f"| {ruling['poll']} | {cells[0]['kind']} | {total(cells):g} | {ruling['ruling']} | {ruling['why']} | {row} |"
    )


def note() -> str:
    """The page, from the archive and the rulings alone."""
    parts = [HEAD]
    for name in elections():
        rulings = [row for row in reference("rulings", name) if row["check"] == "sum"]
        if rulings:
            kinds = [polls(name)[row["poll"]][0]["kind"] for row in rulings]
            parts.append(
                f"\n## {called('election', name)}\n\n{len(rulings)} of {len(polls(name))} rows,"
                f" {kinds.count('poll')} of them ordinary polls.\n\n"
                "| poll | kind | sum | ruling | why | beside the polls around it |\n|---|---|---|---|---|---|"
            )
            parts += [shown(name, row) for row in sorted(rulings, key=lambda row: row["poll"])]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    NOTE.write_text(note(), encoding="utf-8")
