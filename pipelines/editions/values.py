"""What every value of an edition is, and what its files share with what lies beside them: manifest, corrections, odds.

Shares are 0–1 unless the name says `_pct`; dates are ISO days in the electorate's own time zone. Editions stay: a
field that is added gets a default that older editions open with, and `FORMAT` is counted up, so that an older
program refuses a newer edition in words.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 3

Kind = Literal["live", "final", "hindcast", "waiting"]  # waiting: of a campaign of which no poll is known
Texts = Mapping[str, str]  # a text of the data by language, as many as the electorate has; empty where there is none


class Value(BaseModel):
    """A frozen value that refuses fields it does not know, and numbers that are none."""

    # What a command does not read it need not build: validators are made at first use.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Manifest(Value):
    """`manifest.json`: what the edition was made from; equal manifests mean equal bytes.

    `format` is the `FORMAT` it was written in; editions from before it was said are of the first.
    """

    election: str
    as_of: date
    kind: Kind
    edition: str
    inputs: dict[str, str]
    code: str
    libraries: dict[str, str]
    parameters: dict[str, int]
    files: dict[str, str]
    format: int = 1
    seal: str | None = None
    electorate: str | None = None

    def sealed(self) -> "Manifest":
        """The same with `seal`, the hash of everything else in it: how a changed manifest is noticed."""
        unsaid = {"electorate"} if self.electorate is None else set()  # an edition from before it was said
        content = self.model_dump_json(exclude={"seal", *unsaid}).encode()
        return self.model_copy(update={"seal": hashlib.sha256(content).hexdigest()})


class Fieldwork(BaseModel):
    """What `status` says of an edition's polls, read without the rest of their projection."""

    latest_fieldwork_end: date | None


class Coverage(BaseModel):
    """`projection.json` as far as that goes."""

    polls: Fieldwork


class Correction(Value):
    """A published value of a poll that was corrected; `label` names the list where `field` is a cell."""

    field: str
    label: str | None
    before: str | None
    after: str | None
    corrected_date: date
    why: str
    source: str
    url: str | None


class ListOdds(Value):
    """One list's seats over the draws, as seat number → draws, and its chance to pass."""

    id: str
    draws_by_seats: dict[int, int]
    p_pass: float


class ForecastOdds(Value):
    """What one forecast holds likely: every list, and a majority of each bloc and coalition of interest."""

    draws: int
    lists: list[ListOdds]
    p_majority: dict[str, float]


class Odds(Value):
    """`odds.json`: what is fixed for scoring, ours and the reference's: the week's mean with the same learned error.

    `sets` are the lists behind each id of `p_majority`, and `majority_seats` what they need, as they stood that night:
    a bloc that is put together anew later scores nothing. Odds from before they were said have none.
    """

    ours: ForecastOdds
    reference: ForecastOdds
    sets: dict[str, list[str]] = Field(default_factory=dict)
    majority_seats: int | None = None
