"""Attributes with a dash in their name."""

from typing import Any


def aria(**values: str) -> dict[str, Any]:
    """What assistive technology is told.

    >>> aria(label="Pages", hidden="true")
    {'aria-label': 'Pages', 'aria-hidden': 'true'}
    """
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> dict[str, Any]:
    """What the script is told.

    >>> data(href="/")
    {'data-href': '/'}
    """
    return {f"data-{name}": value for name, value in values.items()}


def current(is_current: bool, kind: str = "true") -> dict[str, Any]:
    """Marks the link to what is on show."""
    return aria(current=kind) if is_current else {}
