"""What the operator decides for all pages: the only place here that reads the environment for it."""

import os
from dataclasses import dataclass

from pipelines.editions import gate

ELECTORATE = "HEMICYCLE_ELECTORATE"
USUAL_ELECTORATE = "il"


@dataclass(frozen=True)
class Settings:
    """`electorate` is the one that `/` opens; `is_ban_relaxed` is counsel's word on the publication ban."""

    is_ban_relaxed: bool = False
    electorate: str = USUAL_ELECTORATE


def settings() -> Settings:
    return Settings(gate.is_relaxed(os.environ), os.environ.get(ELECTORATE, "").strip() or USUAL_ELECTORATE)
