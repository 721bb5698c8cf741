"""The pages, one module each.

A page module says where it lives (`PATH`), what the catalogue calls it (`NAME`), which parameters its address
takes (`parameters(edition)`), its headline for titles and previews (`headline(view, t)`), and draws itself
(`layout(view, t)`). The whole state is in the address, so a page has nothing to register and nothing to remember.
"""

from typing import Protocol

from dash.development.base_component import Component

from dashboard.address import Parameter
from dashboard.i18n import Translator
from dashboard.pages import coalitions, data, method, polls, pollsters, record, threshold, tonight, trends, what_if
from dashboard.view import View
from pipelines.editions.store import Edition


class Page(Protocol):
    """What every page module offers."""

    PATH: str
    NAME: str

    def parameters(self, edition: Edition) -> dict[str, Parameter]: ...
    def headline(self, view: View, t: Translator) -> str: ...
    def layout(self, view: View, t: Translator) -> list[Component]: ...


IN_ORDER = (tonight, trends, coalitions, threshold, what_if, pollsters, polls, record, method, data)
PAGES: dict[str, Page] = {page.PATH: page for page in IN_ORDER}
PATHS = {page.NAME: page.PATH for page in PAGES.values()}
