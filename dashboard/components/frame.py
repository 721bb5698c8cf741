"""What stands around every page: masthead, navigation, notices and footer."""

from dash import html
from dash.development.base_component import Component

from dashboard import feed, ids, moments, sentences
from dashboard.address import LANGUAGES, query
from dashboard.components.attributes import aria, current, data
from dashboard.components.names import bdi
from dashboard.i18n import Translator
from dashboard.i18n.languages import KNOWN
from dashboard.view import View


def frame(view: View, t: Translator, pages: dict[str, str], content: list[Component]) -> Component:
    """A whole page; `pages` are the paths by the name the catalogue knows them under."""
    return html.Div(
        [
            html.A(t("site.skip"), href=f"#{ids.MAIN}", className="skip"),
            _masthead(view, t),
            _navigation(view, t, pages),
            html.Main([_notices(view, t), *content], id=ids.MAIN, tabIndex="-1"),
            _footer(view, t),
        ],
        className="sheet",
    )


def _masthead(view: View, t: Translator) -> Component:
    return html.Header(
        [
            html.A(t("site.name"), href="/" + query({"lang": view.lang}), className="brand"),
            _elections(view, t),
            html.Span(
                [html.Span(className="dot", **aria(hidden="true")), _fresh(view, t)],
                className="fresh stale" if view.is_stale else "fresh",
            ),
            html.Span([*_languages(view), _theme(t)], className="tools"),
        ],
        className="masthead",
    )


def _fresh(view: View, t: Translator) -> str:
    """How far the polls reach, the edition's day, and while the campaign runs when it was last refreshed."""
    refreshed = "" if view.is_over else moments.refreshed(view, t)
    return " · ".join(text for text in (sentences.freshness(view, t), refreshed) if text)


def _elections(view: View, t: Translator) -> Component:
    """All campaigns, the one on show in the heading of the menu."""
    links = [
        html.Li(
            html.A(
                [bdi(t.name(election)), html.Span(t.date(election.election_date), className="quiet")],
                href=view.path + query({"election": election.id, "lang": view.lang}),
                **current(election.id == view.edition.election),
            )
        )
        for election in view.elections
    ]
    return html.Details(
        [
            html.Summary(bdi(t.name(view.edition.reference.election))),
            html.Ul(links, **aria(label=t("nav.elections"))),
        ],
        className="menu",
        id="elections",
    )


def _languages(view: View) -> list[Component]:
    """The same page in every other language, by the name it has for itself."""
    return [
        html.A(
            KNOWN[other].name,
            href=view.href(lang=other, **dict(view.state)),
            lang=other,
            hrefLang=other,
            id=f"language-{other}",
            className="tool",
            **data(reload="true"),
        )
        for other in LANGUAGES
        if other != view.lang
    ]


def _theme(t: Translator) -> Component:
    return html.Button(
        html.Span("◐", **aria(hidden="true")),
        id="theme",
        className="tool",
        title=t("nav.theme"),
        **aria(label=t("nav.theme")),
    )


def _navigation(view: View, t: Translator, pages: dict[str, str]) -> Component:
    links = [
        html.A(t(f"nav.{name}"), href=view.href(path), **current(path == view.path, "page"))
        for name, path in pages.items()
    ]
    return html.Nav(links, className="nav", **aria(label=t("nav.label")))


def _notices(view: View, t: Translator) -> Component:
    said = [(kind, text) for kind, text in sentences.notices(view, t) if kind != "aside"]
    return html.Div([html.P(text, className=f"notice {kind}") for kind, text in said], className="notices")


def _footer(view: View, t: Translator) -> Component:
    return html.Footer(
        [
            html.P(t("footer.basis", draws=t.number(view.projection.draws))),
            *(html.P(text) for kind, text in sentences.notices(view, t) if kind == "aside"),
            html.P(
                [
                    t("footer.edition", edition=t.said(view.edition.id)),
                    " · ",
                    html.A(t("news.feed"), href=feed.address(view), **data(reload="true")),
                ]
            ),
        ],
        className="footer",
    )
