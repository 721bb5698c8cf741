"""The electorates' wall clock."""

from dashboard.render.text import ZONE

__all__ = ["ZONE"]
