"""Result files of real elections, written from what is recorded: all of the votes, or a part."""

from pathlib import Path

from pipelines.electorate import Campaign

HEAD = ("סמל ועדה", "שם ישוב", "סמל ישוב", "בזב", "מצביעים", "פסולים", "כשרים")


def count_file(path: Path, campaign: Campaign, part: float = 1.0) -> Path:
    """A count of `part` of the recorded votes, in one box."""
    votes = {row.ballot_letters: int(part * row.votes) for row in campaign.results}
    valid = sum(votes.values())
    lines = [
        [*HEAD, *votes],
        ["1", "עיר", "101", str(2 * valid), str(valid), "0", str(valid), *map(str, votes.values())],
    ]
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", "utf-8-sig")
    return path
