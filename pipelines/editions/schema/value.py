"""What every value of an edition is.

Shares are 0–1 unless the name says `_pct`; dates are ISO days in the electorate's own time zone. Editions stay: a
field that is added gets a default that older editions open with, and `FORMAT` is counted up, so that an older
program refuses a newer edition in words.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

FORMAT = 3

Kind = Literal["live", "final", "hindcast"]
Texts = Mapping[str, str]  # a text of the data by language, as many as the electorate has; empty where there is none


class Value(BaseModel):
    """A frozen value that refuses fields it does not know, and numbers that are none."""

    # What a command does not read it need not build: validators are made at first use.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)
