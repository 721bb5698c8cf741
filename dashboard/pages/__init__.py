"""The pages, in the order of the navigation, entered in Dash's own registry.

A page is a value (`dashboard.blocks.Page`): where it lives, what the catalogue calls it, which parameters its address
takes, its headline, and its blocks. Navigation, routes, titles and the static copy are made from the registry.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import dash

from dashboard import moved
from dashboard.pages.api.page import PAGE as API
from dashboard.pages.board.page import board
from dashboard.pages.briefing.page import PAGE as BRIEFING
from dashboard.pages.coalitions.page import PAGE as COALITIONS
from dashboard.pages.data.page import PAGE as DATA
from dashboard.pages.formation.page import PAGE as FORMATION
from dashboard.pages.list.page import PAGE as LIST
from dashboard.pages.method.page import PAGE as METHOD
from dashboard.pages.night.page import PAGE as NIGHT
from dashboard.pages.polls.page import PAGE as POLLS
from dashboard.pages.pollsters.page import PAGE as POLLSTERS
from dashboard.pages.record.page import PAGE as RECORD
from dashboard.pages.threshold.page import PAGE as THRESHOLD
from dashboard.pages.tonight.page import PAGE as TONIGHT
from dashboard.pages.trends.page import PAGE as TRENDS
from dashboard.pages.waiting import or_waiting
from dashboard.pages.what_if.page import PAGE as WHAT_IF
from dashboard.view import Page

ALWAYS = (NIGHT, FORMATION, API)  # pages that have something to say before the first poll
SHOWN = (
    TONIGHT,
    BRIEFING,
    NIGHT,
    FORMATION,
    TRENDS,
    LIST,
    COALITIONS,
    THRESHOLD,
    WHAT_IF,
    POLLSTERS,
    POLLS,
    RECORD,
    METHOD,
    DATA,
    API,
    board(TONIGHT, NIGHT),
)


def with_moves(page: Page) -> Page:
    """The page, on which a reader may count a list in another bloc."""
    return replace(page, parameters=lambda edition: page.parameters(edition) | moved.parameters(edition))


IN_ORDER = tuple(with_moves(page if page in ALWAYS else or_waiting(page)) for page in SHOWN)
PAGES: Mapping[str, Page] = MappingProxyType({page.path: page for page in IN_ORDER})


def register() -> Mapping[str, Page]:
    """Enter every page in `dash.page_registry` of the application just made; the pages as the registry has them."""
    for order, page in enumerate(IN_ORDER):
        dash.register_page(  # type: ignore[no-untyped-call]
            f"dashboard.pages.{page.name}", path=page.path, name=page.name, title=page.name, order=order, page=page
        )
    entries = [entry for entry in dash.page_registry.values() if isinstance(entry.get("page"), Page)]
    return MappingProxyType({entry["path"]: entry["page"] for entry in entries})
