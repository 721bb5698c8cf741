"""The HTML around a document, and the plain pages that need no script."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from markupsafe import Markup

from dashboard.i18n import LATIN, Translator, translator
from dashboard.render.html import element, html_page
from dashboard.serve.cache import Payload, to_json

ASSETS = Path(__file__).parents[1] / "assets"

# What Dash would tell every reader: which versions run here, and a token of this process that only callbacks need.
PRIVATE_SETTINGS = frozenset(
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
# Bundles of Dash's that no page here has any use for; of its polyfill it needs the part that is in assets/regenerator.
UNUSED = ("/dash_table/", "/polyfill@")
PRELOADED = {"type": "font/woff2", "crossorigin": True}
FONTS = {LATIN: "heebo-latin-wght-normal.woff2", "Hebr": "heebo-hebr-wght-normal.woff2"}  # by script


@dataclass(frozen=True, eq=False)
class Document:
    """One page, ready to be shown: its words for the head, its HTML, and what the script needs beside it as JSON."""

    lang: str
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
        scripts = [line for line in self.parts["scripts"].splitlines() if not any(name in line for name in UNUSED)]
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
        t, latin = translator(document.lang), FONTS[LATIN]  # digits are Latin's
        about = {"type": "website", "site_name": t("site.name"), "locale": t.language.locale}
        about |= {"title": document.title, "description": document.description}
        if document.card:
            size = {"image:width": 1200, "image:height": 630}
            about |= {"image": document.card, "image:type": "image/png", **size, "image:alt": document.description}
        head = (
            *(element("meta", property=f"og:{name}", content=value) for name, value in about.items()),
            element("meta", name="twitter:card", content="summary_large_image" if document.card else "summary"),
            *self._about(document, t),
            *(
                element("link", rel="preload", href=self.get_asset_url(f"fonts/{font}"), as_="font", **PRELOADED)
                for font in dict.fromkeys((latin, FONTS.get(t.language.script, latin)))
            ),
            element("script", src=self.asset("boot.js")),
            Markup(self.parts["css"]),
        )
        data = Markup(in_script(document.data))
        return html_page(
            t,
            document.title,
            head,
            Markup(document.sheet),
            Markup(self.parts["app_entry"]),
            element("div", id="announce", class_="unseen", aria_live="polite"),
            element("script", data, type="application/json", id="view", data_plotly=self.asset(PLOTLY)),
            Markup(self.parts["config"]),
            Markup(self.parts["scripts"]),
            element("script", src=self.asset("start.js"), defer=True),
        )

    def static_page(self, document: Document, sheet: str, policy: str) -> str:
        """A page without Dash, for a copy; `sheet` is the document's HTML with the copy's own addresses."""
        t = translator(document.lang)
        secure = element("meta", http_equiv="Content-Security-Policy", content=policy)
        boot = element("script", src=self.asset("boot.js"))
        head = (secure, *self._about(document, t), boot, self.style())
        return html_page(t, document.title, head, Markup(sheet))

    def _about(self, document: Document, t: Translator) -> tuple[Markup, ...]:
        """What the head of a document's page says of it."""
        feed = {"type": "application/atom+xml", "title": t("news.title"), "href": document.feed}
        return (
            element("meta", name="description", content=document.description),
            element("meta", name="color-scheme", content="light dark"),
            self.icon(),
            element("link", rel="alternate", **feed),
        )

    def plain(self, kind: str, t: Translator, home: str | None = None, **arguments: str) -> str:
        """A page of one sentence: what is missing, and where to go."""
        way = {"server": "plain.back", "before": "plain.first"}.get(kind, "plain.home")
        title, site = t(f"plain.{kind}_title"), t("site.name")
        main = element(
            "main",
            element("p", site, class_="brand"),
            element("h1", title),
            element("p", t(f"plain.{kind}", **arguments)),
            element("p", element("a", t(way), href=home)) if home else None,
            class_="plain",
        )
        return html_page(
            t, f"{title} · {site}", (self.icon(), element("script", src=self.asset("boot.js")), self.style()), main
        )

    def icon(self) -> Markup:
        return element("link", rel="icon", href=self.asset("icon.svg"), type="image/svg+xml")

    def style(self) -> Markup:
        return element("link", rel="stylesheet", href=self.asset("hemicycle.css"))

    def asset(self, name: str) -> str:
        """A file's address with its age in it, so that it may be kept for a year."""
        return f"{self.get_asset_url(name)}?m={int((ASSETS / name).stat().st_mtime)}"


def _discreet(config: re.Match[str]) -> str:
    """Dash's settings for the browser without what is nobody's business."""
    public = {name: value for name, value in json.loads(config[0]).items() if name not in PRIVATE_SETTINGS}
    return in_script(json.dumps(public, sort_keys=True, separators=(",", ":")))


def in_script(text: str) -> str:
    """JSON that cannot end the script element it stands in.

    >>> in_script('"</script>"')
    '"\\\\u003c/script>"'
    """
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
