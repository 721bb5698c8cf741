"""Finished numbers → the values of an edition, put together once; a module a file of the edition."""

from pipelines.assemble.coalitions import coalitions
from pipelines.assemble.polls import polls
from pipelines.assemble.pollsters import pollsters
from pipelines.assemble.projection import projection
from pipelines.assemble.reference import reference
from pipelines.assemble.trend import trend

__all__ = ["coalitions", "polls", "pollsters", "projection", "reference", "trend"]
