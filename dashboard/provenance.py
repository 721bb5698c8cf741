"""How an edition is made again: one command, which gives the same bytes from the same raw data, code and libraries."""

from datetime import timedelta

from pipelines.editions.store import Edition

NO_RESULT = "no-result-recorded"  # a warning of editions made after a vote whose result nobody recorded


def command(edition: Edition) -> str:
    """The refresh that gives this edition once more, offline, as on the day it was made.

    Which day was today then decides the edition's kind (live, hindcast, final) and whether the vote was past.
    """
    made, projection = edition.manifest, edition.projection
    is_over = made.kind == "final" or projection.result is not None or NO_RESULT in projection.warnings
    after = projection.election_date if is_over else made.as_of
    today = made.as_of if made.kind in ("live", "waiting") else after + timedelta(days=1)
    settings = " ".join(f"--{name} {value}" for name, value in sorted(made.parameters.items()))
    asked = f"--election {edition.election} --as-of {made.as_of} --today {today} {settings} --offline"
    return f"python -m pipelines refresh {asked}"
