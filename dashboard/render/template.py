"""Colours as tokens and the two Plotly templates, `hemicycle-light` and `hemicycle-dark`.

A figure says "@ink" or "@list:likud/14" (14 per cent of the colour); the palette of a theme says what that is. The
browser resolves tokens by the page's style sheet, with the twin of `resolve` in assets/page.js, so that one figure
serves both themes.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipelines.editions.schema import Reference

FONT = "Heebo, like-heebo, wide-like-heebo, system-ui, sans-serif"  # as the style sheet has them
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
AXIS = {
    "fixedrange": True,
    "showgrid": False,
    "gridcolor": "@hair",
    "zeroline": False,
    "showline": False,
    "ticks": "",
    "tickangle": 0,  # this and the next: told outright, or Plotly measures each label, a layout of the page a label
    "ticklabeloverflow": "allow",
    "tickfont": {"size": 12, "color": "@quiet"},
}
# What every figure shares; a figure says only what differs.
LAYOUT: dict[str, Any] = {
    "font": {"family": FONT, "size": 13, "color": "@ink"},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
    "dragmode": False,
    "hovermode": "closest",
    "hoverlabel": {
        "bgcolor": "@paper",
        "bordercolor": "@hair",
        "font": {"family": FONT, "size": 13, "color": "@ink"},
        "align": "left",
    },
    "xaxis": AXIS,
    "yaxis": AXIS,
}
TEMPLATE = {"layout": LAYOUT}

Palettes = dict[str, dict[str, str]]


def token(name: str, percent: int | None = None) -> str:
    """A colour by name, or a tint of it.

    >>> token("ink"), token("list:likud", 14)
    ('@ink', '@list:likud/14')
    """
    return f"@{name}" if percent is None else f"@{name}/{percent}"


def palettes(reference: Reference) -> Palettes:
    """The colours of both themes; a colour that is none becomes the quiet one."""
    light, dark = dict(LIGHT), dict(DARK)
    for prefix, items in (("list", reference.lists), ("bloc", reference.blocs)):
        for item in items:
            light[f"{prefix}:{item.id}"] = item.colour_light if HEX.fullmatch(item.colour_light) else LIGHT["quiet"]
            dark[f"{prefix}:{item.id}"] = item.colour_dark if HEX.fullmatch(item.colour_dark) else DARK["quiet"]
    return {"light": light, "dark": dark}


def resolve(value: Any, palette: Mapping[str, str], is_colour: bool = False) -> Any:
    """A copy of a figure with its colour tokens replaced; they stand only under keys that hold colours."""
    if isinstance(value, dict):
        return {name: resolve(item, palette, name.endswith("color")) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, palette, is_colour) for item in value]
    if not is_colour or not isinstance(value, str) or not value.startswith("@"):
        return value
    name, _, percent = value[1:].partition("/")
    colour = palette.get(name)
    if colour is None or not percent:
        return colour or value
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{int(percent) / 100:g})"


def framed_style(by_theme: Palettes, theme: str) -> str:
    """The palette of a theme, or with `auto` of whichever the reader's system has, without a script."""
    light, dark = (
        f":root:root{{color-scheme:{name};--wash:var(--zone);"
        f"{';'.join(f'{variable(colour)}:{hex_}' for colour, hex_ in by_theme[name].items())}}}"
        for name in ("light", "dark")
    )
    style_by_theme = {"light": light, "dark": dark, "auto": f"{light}@media (prefers-color-scheme:dark){{{dark}}}"}
    return f"{style_by_theme[theme]}@media print{{{light}}}"


def register_templates(reference: Reference | None = None) -> None:
    """Enter both templates in `plotly.io.templates`, for whoever draws with Plotly in Python."""
    import plotly.graph_objects as go
    import plotly.io as pio

    by_theme = palettes(reference) if reference else {"light": LIGHT, "dark": DARK}
    for theme, palette in by_theme.items():
        pio.templates[f"hemicycle-{theme}"] = go.layout.Template(resolve(TEMPLATE, palette))


def variable(name: str) -> str:
    """The custom property of a colour in the style sheet.

    >>> variable("list:likud")
    '--list-likud'
    """
    return "--" + re.sub(r"[^a-z0-9-]", "-", name)


def style_sheet(by_theme: Palettes) -> str:
    """Both palettes as custom properties, for swatches and for pictures inside the page."""
    light, dark = (";".join(f"{variable(name)}:{hex_}" for name, hex_ in by_theme[theme].items()) for theme in by_theme)
    return f':root{{{light}}}:root[data-theme="dark"]{{{dark}}}@media print{{:root:root{{{light}}}}}'
