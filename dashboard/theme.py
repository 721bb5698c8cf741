"""Colours as tokens: a figure says "@ink" or "@list:likud/14", the palette of the theme says what that is.

The browser paints the tokens, so one figure serves both themes; `paint` does the same in Python.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipelines.editions.schema import BlocReference, ListReference, Reference

FONT = "Heebo, system-ui, sans-serif"
HEX = re.compile(r"#[0-9A-Fa-f]{6}")

LIGHT = {
    "paper": "#FBFAF7",
    "ink": "#1B1B1A",
    "quiet": "#6A6862",
    "hair": "#E5E2DA",
    "accent": "#0B5FA5",
    "zone": "#F1EEE6",
}
DARK = {
    "paper": "#131519",
    "ink": "#ECEAE4",
    "quiet": "#9B988F",
    "hair": "#2B2E34",
    "accent": "#79B8F2",
    "zone": "#1B1E24",
}

Palettes = dict[str, dict[str, str]]


def token(name: str, percent: int | None = None) -> str:
    """A colour by name, or a tint of it.

    >>> token("ink"), token("list:likud", 14)
    ('@ink', '@list:likud/14')
    """
    return f"@{name}" if percent is None else f"@{name}/{percent}"


def list_colour(list_id: str, percent: int | None = None) -> str:
    return token(f"list:{list_id}", percent)


def bloc_colour(bloc_id: str, percent: int | None = None) -> str:
    return token(f"bloc:{bloc_id}", percent)


def palettes(reference: Reference) -> Palettes:
    """The colours of both themes; a colour that is none becomes the quiet one."""
    light, dark = dict(LIGHT), dict(DARK)
    for prefix, items in (("list", reference.lists), ("bloc", reference.blocs)):
        for item in items:
            light[f"{prefix}:{item.id}"] = _checked(item.colour_light, LIGHT["quiet"])
            dark[f"{prefix}:{item.id}"] = _checked(item.colour_dark, DARK["quiet"])
    return {"light": light, "dark": dark}


def colours(item: ListReference | BlocReference) -> dict[str, str]:
    """Both shades of a list or bloc as custom properties for the style sheet."""
    return {
        "--c-light": _checked(item.colour_light, LIGHT["quiet"]),
        "--c-dark": _checked(item.colour_dark, DARK["quiet"]),
    }


def paint(value: Any, palette: Mapping[str, str]) -> Any:
    """A copy of a figure with every colour token replaced, as the browser does it."""
    if isinstance(value, dict):
        return {key: paint(item, palette) for key, item in value.items()}
    if isinstance(value, list):
        return [paint(item, palette) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        name, _, percent = value[1:].partition("/")
        if name not in palette:
            return value
        return _tint(palette[name], int(percent)) if percent else palette[name]
    return value


def _checked(colour: str, fallback: str) -> str:
    return colour if HEX.fullmatch(colour) else fallback


def _tint(colour: str, percent: int) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{percent / 100:g})"
