"""What stands around every page's blocks: masthead, navigation, notices and footer."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from dashboard import status
from dashboard.address import query
from dashboard.i18n import languages, offered
from dashboard.names import named
from dashboard.render.html import Context, bdi, element, hashed
from dashboard.render.template import Palettes, style_sheet
from dashboard.render.text import name_text, say
from dashboard.view import View
from pipelines.editions.schema import ElectionReference, ElectorateReference

MAIN = "main"


def sheet(
    view: View, ctx: Context, paths: Mapping[str, str], name: str, by_theme: Palettes, parts: Sequence[Markup]
) -> Markup:
    """A whole page; `paths` are the pages' addresses by their names, `name` is the one on show."""
    notices = [
        element("p", say(text, ctx.t), class_=f"notice {kind}")
        for kind, text in status.notices(view)
        if kind != "aside"
    ]
    return element(
        "div",
        hashed("style", Markup(style_sheet(by_theme)), id="palette"),
        element("a", ctx.t("site.skip"), href=f"#{MAIN}", class_="skip"),
        _masthead(view, ctx),
        _navigation(view, ctx, paths),
        element(
            "main",
            hashed("div", notices, class_="notices", id="notices"),
            parts,
            id=MAIN,
            tabindex="-1",
            data_page=name,
        ),
        _footer(view, ctx, paths),
        class_="sheet",
    )


def _masthead(view: View, ctx: Context) -> Markup:
    fresh = "fresh stale" if view.is_stale else "fresh"
    return hashed(
        "header",
        element("a", ctx.t("site.name"), href="/" + query({"lang": view.lang}), class_="brand"),
        _electorates(view, ctx),
        _elections(view, ctx),
        element("span", element("span", class_="dot", aria_hidden="true"), _fresh(view, ctx), class_=fresh),
        element("span", _languages(view), _theme(ctx), class_="tools"),
        class_="masthead",
        id="masthead",
    )


def _fresh(view: View, ctx: Context) -> str:
    """How far the polls reach, the edition's day, and while the campaign runs when it was last refreshed."""
    refreshed = None if view.is_over else status.refreshed(view)
    fresh = say(status.freshness(view), ctx.t)
    return fresh if refreshed is None else f"{fresh} · {say(refreshed, ctx.t)}"


def _electorates(view: View, ctx: Context) -> Markup | None:
    """The electorates there are, each at its newest election; nothing where there is one."""
    if len(view.electorates) < 2:
        return None
    links = []
    for electorate, newest in view.electorates:
        lang = view.lang if view.lang in offered(electorate.languages) else None  # the address names none it has not
        links.append(
            element(
                "a",
                bdi(name_text(named(electorate), ctx.t)),
                href=view.path + query({"election": newest, "lang": lang}),
                aria_current="true" if electorate.id == view.electorate.id else None,
                data_reload="true",
            )
        )
    return _menu("electorates", view.electorate, links, ctx)


def _elections(view: View, ctx: Context) -> Markup:
    """All campaigns of the electorate, the one on show in the heading of the menu."""
    links = [
        element(
            "a",
            bdi(name_text(named(election), ctx.t)),
            element("span", _vote_day(election, ctx), class_="quiet"),
            href=view.path + query({"election": election.id, "lang": view.lang}),
            aria_current="true" if election.id == view.edition.election else None,
        )
        for election in view.elections
    ]
    return _menu("elections", view.edition.reference.election, links, ctx)


def _menu(name: str, now: ElectorateReference | ElectionReference, links: Sequence[Markup], ctx: Context) -> Markup:
    """A menu that opens without a script, under what is on show."""
    items = [element("li", link) for link in links]
    return element(
        "details",
        element("summary", bdi(name_text(named(now), ctx.t))),
        element("ul", items, aria_label=ctx.t(f"nav.{name}")),
        class_="menu",
        id=name,
    )


def _vote_day(election: ElectionReference, ctx: Context) -> str:
    """The day of a vote; that it is the last lawful one where none is set."""
    day = ctx.t.date(election.election_date)
    return ctx.t("status.by", date=day) if election.is_date_open else day


def _languages(view: View) -> list[Markup]:
    """The same page in every other language, by the name it has for itself."""
    return [
        element(
            "a",
            languages()[other].name,
            href=view.href(lang=other, **dict(view.state)),
            lang=other,
            hreflang=other,
            id=f"language-{other}",
            class_="tool",
            data_reload="true",
        )
        for other in view.languages
        if other != view.lang
    ]


def _theme(ctx: Context) -> Markup:
    title = ctx.t("nav.theme")
    mark = element("span", "◐", aria_hidden="true")
    return element("button", mark, id="theme", type="button", class_="tool", title=title, aria_label=title)


def _navigation(view: View, ctx: Context, paths: Mapping[str, str]) -> Markup:
    links = [
        element("a", ctx.t(f"nav.{name}"), href=view.href(path), aria_current="page" if path == view.path else None)
        for name, path in paths.items()
    ]
    return hashed("nav", links, class_="nav", id="navigation", aria_label=ctx.t("nav.label"))


def _footer(view: View, ctx: Context, paths: Mapping[str, str]) -> Markup:
    t = ctx.t
    asides = [element("p", say(text, t)) for kind, text in status.notices(view) if kind == "aside"]
    sources = status.sources(view)
    provenance = f"{view.href(paths['data'])}#block-provenance"
    edition = element("a", t("footer.edition", edition=t.isolated(view.edition.id)), href=provenance)
    programs = element("a", t("nav.api"), href=view.href("/api"))
    board = element("a", t("nav.board"), href=view.href("/board"))
    changes = element("a", t("news.feed"), href=view.feed, data_reload="true")
    errors = view.settings.corrections
    report = (" · ", element("a", t("footer.corrections"), href=errors, rel="noopener")) if errors else ()
    return hashed(
        "footer",
        element("p", say(status.rule_basis(view), t)),
        asides,
        element("p", say(sources, t), " · ", element("a", t("data.licences"), href=view.href(paths["data"])))
        if sources
        else None,
        element("p", edition, " · ", changes, " · ", programs, " · ", board, report),
        class_="footer",
        id="footer",
    )
