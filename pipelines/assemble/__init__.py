"""Finished numbers → the values of an edition, put together once; a module a file of the edition."""

from pipelines.assemble.projection import coalitions, odds, pollsters, projection
from pipelines.assemble.reference import reference
from pipelines.assemble.trend import polls, trend

__all__ = ["coalitions", "odds", "polls", "pollsters", "projection", "reference", "trend"]
