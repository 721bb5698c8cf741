"""The HTML around a document, and the plain pages that need no script."""

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from dash import Dash

from dashboard.i18n import LATIN, Translator, translator
from dashboard.serve.cache import Payload, to_json

ASSETS = Path(__file__).parents[1] / "assets"

# What Dash would tell every reader: which versions run here, and a token of this process that only callbacks need.
TOLD_NOBODY = frozenset(
    {
        "dash_version",
        "dash_version_url",
        "ddk_version",
        "end_id",
        "plotly_cloud_installed",
        "plotly_version",
        "python_version",
    }
)
PLOTLY = "plotly/plotly-basic-4.1.1.min.js"  # asked for by the first chart that is drawn
OURS = ("boot.js", "start.js", PLOTLY, "icon.svg")
UNUSED = "/dash_table/"  # a bundle of Dash's that no page here has any use for
FONTS = {LATIN: "heebo-latin-wght-normal.woff2", "Hebr": "heebo-hebr-wght-normal.woff2"}  # by script

PRELOAD = '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'

PAGE = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{site}">
<meta property="og:locale" content="{locale}">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
{card}
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="alternate" type="application/atom+xml" title="{feed_title}" href="{feed}">
{fonts}
<script src="{boot}"></script>
{css}
</head>
<body>
{sheet}
{app_entry}
<div id="announce" class="unseen" aria-live="polite"></div>
<script type="application/json" id="view" data-plotly="{plotly}">{view}</script>
{config}
{scripts}
<script src="{start}" defer></script>
</body>
</html>
"""

NO_CARD = '<meta name="twitter:card" content="summary">'
CARD = """<meta name="twitter:card" content="summary_large_image">
<meta property="og:image" content="{card}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="{title}">"""

STILL = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="alternate" type="application/atom+xml" title="{feed_title}" href="{feed}">
<script src="{boot}"></script>
<link rel="stylesheet" href="{css}">
</head>
<body>
{sheet}
</body>
</html>
"""

PLAIN = """<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {site}</title>
<link rel="icon" href="{icon}" type="image/svg+xml">
<script src="{boot}"></script>
<link rel="stylesheet" href="{css}">
</head>
<body>
<main class="plain"><p class="brand">{site}</p><h1>{title}</h1><p>{text}</p>{link}</main>
</body>
</html>
"""


@dataclass(frozen=True, eq=False)
class Document:
    """One page, ready to be shown: its words for the head, its HTML, and what the script needs beside it as JSON."""

    lang: str
    direction: str
    title: str
    description: str
    feed: str
    card: str
    sheet: str
    data: str

    @property
    def body(self) -> Payload:
        """The document as a press fetches it: everything."""
        sheet = to_json(self.sheet).decode()
        return Payload.of(f'{self.data[:-1]},"sheet":{sheet}}}'.encode(), "application/json")

    def __len__(self) -> int:
        return len(self.sheet) + len(self.data)


class Shell(Dash):
    """Dash whose page carries the language, the title and the first document of the address asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parts: dict[str, str] = {}

    def prepare(self) -> None:
        """Collect, once and before the first reader, the scripts and styles that every page loads."""
        with self.server.test_request_context("/healthz"):
            self.server.preprocess_request()  # Dash finds its assets before its first request
            self.index()  # type: ignore[no-untyped-call]
        self.parts["config"] = re.sub(r"(?<=>)\{.*\}(?=<)", _discreet, self.parts["config"])
        scripts = [line for line in self.parts["scripts"].splitlines() if UNUSED not in line]
        self.parts["scripts"] = "\n".join(scripts).replace("<script ", "<script defer ")

    def files(self) -> list[str]:
        """The addresses of the files that every page loads."""
        head = " ".join(self.parts[name] for name in ("css", "scripts"))
        fonts = [self.get_asset_url(f"fonts/{name}") for name in FONTS.values()]
        return [*re.findall(r'(?:src|href)="(/[^"]+)"', head), *map(self.asset, OURS), *fonts]

    def interpolate_index(self, *_args: Any, **parts: Any) -> str:
        """Keeps what Dash would put into its page; `page` puts it into ours."""
        self.parts = parts
        return "".join(parts.values())

    def page(self, document: Document) -> str:
        """The HTML page of a document."""
        t = translator(document.lang)
        scripts = dict.fromkeys(
            (LATIN, t.language.script if t.language.script in FONTS else LATIN)
        )  # digits are Latin's
        return PAGE.format(
            lang=document.lang,
            direction=document.direction,
            title=escape(document.title),
            description=escape(document.description),
            site=escape(t("site.name")),
            locale=t.language.locale,
            icon=self.asset("icon.svg"),
            feed=escape(document.feed),
            feed_title=escape(t("news.title")),
            card=CARD.format(card=escape(document.card), title=escape(document.description))
            if document.card
            else NO_CARD,
            fonts="\n".join(PRELOAD.format(self.get_asset_url(f"fonts/{FONTS[script]}")) for script in scripts),
            boot=self.asset("boot.js"),
            sheet=document.sheet,
            plotly=self.asset(PLOTLY),
            start=self.asset("start.js"),
            view=in_script(document.data),
            **{name: self.parts[name] for name in ("css", "app_entry", "config", "scripts")},
        )

    def still(self, document: Document, sheet: str, policy: str) -> str:
        """A page without Dash, for a copy; `sheet` is the document's HTML with the copy's own addresses."""
        t = translator(document.lang)
        return STILL.format(
            lang=document.lang,
            direction=document.direction,
            policy=policy,
            title=escape(document.title),
            description=escape(document.description),
            icon=self.asset("icon.svg"),
            feed=escape(document.feed),
            feed_title=escape(t("news.title")),
            boot=self.asset("boot.js"),
            css=self.asset("hemicycle.css"),
            sheet=sheet,
        )

    def plain(self, kind: str, t: Translator, home: str | None = None, **said: str) -> str:
        """A page of one sentence: what is missing, and where to go."""
        way = {"server": "plain.back", "before": "plain.first"}.get(kind, "plain.home")
        link = f'<p><a href="{escape(home)}">{escape(t(way))}</a></p>' if home else ""
        return PLAIN.format(
            lang=t.lang,
            direction=t.direction,
            title=escape(t(f"plain.{kind}_title")),
            text=escape(t(f"plain.{kind}", **said)),
            site=escape(t("site.name")),
            icon=self.asset("icon.svg"),
            boot=self.asset("boot.js"),
            css=self.asset("hemicycle.css"),
            link=link,
        )

    def asset(self, name: str) -> str:
        """A file's address with its age in it, so that it may be kept for a year."""
        return f"{self.get_asset_url(name)}?m={int((ASSETS / name).stat().st_mtime)}"


def _discreet(config: re.Match[str]) -> str:
    """Dash's settings for the browser without what is nobody's business."""
    kept = {name: value for name, value in json.loads(config[0]).items() if name not in TOLD_NOBODY}
    return in_script(json.dumps(kept, sort_keys=True, separators=(",", ":")))


def in_script(text: str) -> str:
    """JSON that cannot end the script element it stands in.

    >>> in_script('"</script>"')
    '"\\\\u003c/script>"'
    """
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
