"""The desk's pages as HTML, whole without a script: the list of drafts, the form, and what a check found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dashboard.address import query
from dashboard.blocks import Cell, Column, Interval, Missing, Moment, Number, Span, Table, words
from dashboard.desk.words import firm_name, list_name, name_of, remarks, sentences
from dashboard.i18n import Translator, languages, translator
from dashboard.render.html import Context, bdi, element, html_page, table
from dashboard.render.template import DARK, LIGHT, style_sheet
from dashboard.render.text import plain, say
from pipelines.desk.check import Check, PollCheck
from pipelines.desk.drafts import DAYS, FIELDS, KINDS, Approval, Draft
from pipelines.electorate import Campaign

TEXT = "text"
LIST = "list:"  # how the name of a list's field begins
TOKEN = "token"
DISCLOSURES = ("commissioner", "population", "mode", "answered", "margin")


@dataclass(frozen=True)
class Visit:
    """What every page knows: the campaign, the language, who asks, the token of their forms."""

    campaign: Campaign
    campaigns: tuple[Campaign, ...]
    lang: str
    offered: tuple[str, ...]
    person: str
    token: str

    @property
    def t(self) -> Translator:
        return translator(self.lang)

    def at(self, path: str, **changed: str) -> str:
        """An address of the desk with election and language, and nothing that anybody typed."""
        return path + query({"election": self.campaign.election.id, "lang": self.lang, **changed})

    def say(self, key: str, **values: Any) -> str:
        return say(words(key, **values), self.t)


@dataclass(frozen=True)
class Lists:
    """The lists that stand today: those that polls ask about, the largest first, and the others."""

    polled: tuple[str, ...]
    others: tuple[str, ...]


def document(lang: str, title: str, *body: Markup) -> str:
    """A page with the house's style sheet and no script."""
    t = translator(lang)
    head = (
        element("link", rel="icon", href="/assets/icon.svg", type="image/svg+xml"),
        element("link", rel="stylesheet", href="/assets/hemicycle.css"),
        element("style", Markup(style_sheet({"light": LIGHT, "dark": DARK}))),
    )
    return html_page(t, f"{title} · {t('site.name')}", head, element("div", *body, class_="sheet desk"))


def page(visit: Visit, title: str, *parts: Markup | None, path: str = "/") -> str:
    """A page of the desk for whoever is signed in; `path` is where the same page is in another language."""
    links = [
        element("a", languages()[code].name, href=visit.at(path, lang=code), lang=code, hreflang=code, class_="tool")
        for code in visit.offered
        if code != visit.lang
    ]
    elections = [
        element("a", bdi(_election(one, visit)), href=visit.at("/", election=one.election.id), class_="tool")
        for one in visit.campaigns
        if one.election.id != visit.campaign.election.id
    ]
    masthead = element(
        "header",
        element("a", visit.say("desk.title"), href=visit.at("/"), class_="brand"),
        element("span", bdi(_election(visit.campaign, visit)), class_="fresh"),
        element("span", elections, element("span", bdi(visit.person), class_="fresh"), links, class_="tools"),
        class_="masthead",
    )
    skip = element("a", visit.say("site.skip"), href="#main", class_="skip")
    main = element("main", element("h1", title, class_="headline"), *parts, id="main", tabindex="-1")
    return document(visit.lang, title, skip, masthead, main)


def _election(campaign: Campaign, visit: Visit) -> str:
    return plain(name_of(campaign, "election", campaign.election.id), visit.t)


def home(visit: Visit, drafts: Sequence[Draft], approvals: Sequence[Approval]) -> str:
    """What waits, what was approved, and the way to a new poll."""
    waiting = [
        element("li", element("a", _entered(draft, visit), href=visit.at(f"/draft/{draft.id}"))) for draft in drafts
    ]
    settled = [
        element(
            "li",
            visit.say("desk.approved_by", by=row.by, name=row.approved_by, moment=_moment(row.moment_utc, visit)),
        )
        for row in reversed(approvals)
    ]
    return page(
        visit,
        visit.say("desk.title"),
        element("p", element("a", visit.say("desk.new"), href=visit.at("/new"), class_="chip")),
        _section(visit.say("desk.waiting"), _list(waiting, visit.say("desk.nothing_waits"))),
        _section(visit.say("desk.approved"), _list(settled, visit.say("desk.nothing_approved"))),
    )


def _entered(draft: Draft, visit: Visit) -> str:
    return visit.say("desk.entered_by", name=draft.by, moment=_moment(draft.moment_utc, visit))


def _moment(utc: str, visit: Visit) -> Moment:
    return Moment(utc, visit.campaign.electorate.settings.zone)


def _list(items: Sequence[Markup], nothing: str) -> Markup:
    return element("ul", items, class_="lines") if items else element("p", nothing, class_="quiet")


def _section(title: str, *parts: Markup | None) -> Markup:
    return element("section", element("h2", title), *parts, class_="section")


def entry(visit: Visit, lists: Lists, entered: Mapping[str, str], *check_parts: Markup | None) -> str:
    """The form with what was entered in it; `check_parts`, what a check of it says, stand above."""
    fields = [_field(name, visit, entered.get(name, "")) for name in FIELDS]
    polled, others = ([_list_field(name, visit, entered) for name in names] for names in (lists.polled, lists.others))
    rest = element("summary", visit.say("desk.others")), element("div", others, class_="numbers-typed")
    is_open = any(entered.get(LIST + name) for name in lists.others)
    pasted = element("textarea", entered.get(TEXT, ""), name=TEXT, id=TEXT, rows=6, dir="auto", spellcheck="false")
    form = element(
        "form",
        _hidden(TOKEN, visit.token),
        _group(visit.say("desk.poll"), fields),
        _group(visit.say("desk.lists"), polled, visit.say("desk.lists_hint")),
        element("details", *rest, open=is_open, class_="numbers") if others else None,
        _group(visit.say("desk.paste"), [element("label", visit.say("desk.paste_hint"), pasted, for_=TEXT)]),
        element("button", visit.say("desk.check"), type="submit", class_="chip"),
        method="post",
        action=visit.at("/check"),
        class_="control form",
    )
    return page(visit, visit.say("desk.new"), *check_parts, form, path="/new")


def _list_field(name: str, visit: Visit, entered: Mapping[str, str]) -> Markup:
    label = bdi(visit.campaign.list_names(name)[visit.lang])
    return _labelled(LIST + name, label, entered.get(LIST + name, ""), dir="ltr", autocomplete="off")


def _group(title: str, fields: Sequence[Markup], hint: str | None = None) -> Markup:
    note = element("p", hint, class_="quiet") if hint else None
    return element("fieldset", element("legend", title), note, element("div", fields, class_="numbers-typed"))


def _field(name: str, visit: Visit, value: str) -> Markup:
    if name == "kind":
        options = [
            element("option", visit.say(f"desk.kind_{kind}"), value=kind, selected=kind == value) for kind in KINDS
        ]
        label = element("span", visit.say("desk.field_kind"))
        return element("label", label, element("select", options, name=name, id=name), for_=name)
    label_text = visit.say(f"polls.disclosed_{name}" if name in DISCLOSURES else f"desk.field_{name}")
    kind = {"sample_size": "number", "link": "url"}.get(name, "date" if name in DAYS else "text")
    return _labelled(name, label_text, value, type=kind, autocomplete="off")


def _labelled(name: str, label: str | Markup, value: str, **attributes: Any) -> Markup:
    field = element("input", name=name, id=name, value=value, maxlength=200, **attributes)
    return element("label", element("span", label), field, for_=name)


def _hidden(name: str, value: str) -> Markup:
    return element("input", type="hidden", name=name, value=value)


def button(visit: Visit, key: str, path: str, **fields: str) -> Markup:
    """A form of one button."""
    return element(
        "form",
        _hidden(TOKEN, visit.token),
        [_hidden(name, value) for name, value in fields.items()],
        element("button", visit.say(key), type="submit", class_="chip"),
        method="post",
        action=visit.at(path),
    )


def refusal(visit: Visit, reason: str) -> Markup:
    """Why nothing was done, in ingest's own words."""
    return element("p", visit.say("desk.not_a_poll", reason=reason), class_="notice warning", role="alert")


def draft(visit: Visit, stored: Draft, check_parts: Sequence[Markup], *, may_approve: bool) -> str:
    """A draft as it was entered, what a check of it says now, and what may be done with it."""
    path = f"/draft/{stored.id}"
    approve = button(visit, "desk.approve", f"{path}/approve") if may_approve else None
    needs = None if may_approve else element("p", visit.say("desk.needs_another"), class_="notice warning")
    return page(
        visit,
        visit.say("desk.draft"),
        element("p", _entered(stored, visit), class_="quiet"),
        *check_parts,
        _section(visit.say("desk.as_entered"), element("pre", stored.text, dir="auto", class_="scroll", tabindex="0")),
        needs,
        approve,
        button(visit, "desk.withdraw", f"{path}/withdraw"),
        path=path,
    )


def plain_page(lang: str, key: str) -> str:
    """A page of one sentence, for whoever asks."""
    t = translator(lang)
    return document(lang, t("desk.title"), element("main", element("h1", t("desk.title")), element("p", t(key))))


# What a check found


def checked(check: Check, visit: Visit) -> list[Markup]:
    """Everything a check says: remarks first, then each poll, then the projection."""
    items = [element("li", text) for text in remarks(check, visit.campaign, visit.lang)]
    may = "desk.may" if check.may_publish else "desk.may_not"
    parts = [
        element("p", visit.say(may), class_="said"),
        _section(visit.say("desk.remarks"), _list(items, visit.say("desk.no_remarks"))),
    ]
    sentences_by_poll = sentences(check, visit.campaign)
    parts += [_poll(poll, sentences_by_poll[poll.poll], visit) for poll in check.polls]
    if becomes := _becomes(check, visit):
        parts.append(becomes)
    return parts


def _poll(poll: PollCheck, sentences: Mapping[str, str], visit: Visit) -> Markup:
    campaign, t = visit.campaign, visit.t
    facts = [visit.say("desk.sum", total=f"{poll.total:g}", whole=f"{poll.whole:g}")]
    if poll.family:
        facts.append(visit.say("desk.family", name=poll.family))
    if poll.lean:
        seats, span = Number(poll.lean.seats, 1, "signed"), Span(poll.lean.low, poll.lean.high, 1)
        facts.append(visit.say("desk.lean", bloc=name_of(campaign, "bloc", poll.lean.bloc), seats=seats, span=span))
    items = [
        element("li", f"{t(f'polls.disclosed_{item}')}: {t('polls.found' if is_found else 'polls.not_found')}")
        for item, is_found in poll.disclosed.items()
    ]
    texts = [element("p", text, lang=code, dir=translator(code).direction) for code, text in sentences.items()]
    return _section(
        plain(firm_name(campaign, poll), t),
        element("ul", [element("li", fact) for fact in facts], class_="lines"),
        element("h3", visit.say("desk.sentence")),
        *texts,
        _lists(poll, visit),
        element("h3", visit.say("desk.disclosed")) if items else None,
        element("ul", items, class_="lines") if items else None,
    )


def _lists(poll: PollCheck, visit: Visit) -> Markup:
    digits = 1 if poll.unit == "share" else 0
    unit: Any = "pct" if poll.unit == "share" else "seats"
    columns = (
        Column("list", words("desk.list"), is_row_header=True),
        Column("printed", words("desk.printed"), unit, "float", digits=digits),
        Column("usual", words("desk.usual"), unit, "float", digits=digits),
        Column("within", words("desk.within")),
        Column("change", words("desk.change"), unit, "float", digits=digits),
        Column("beyond", words("desk.beyond"), unit, "float", digits=1),
    )
    rows = tuple(
        (
            list_name(visit.campaign, row.list),
            Missing("not_asked") if row.printed is None else row.printed,
            Missing("unknown") if row.low is None or row.high is None else Interval(row.low, row.high, row.expected),
            Missing("unknown") if row.is_within is None else words(f"desk.{'inside' if row.is_within else 'outside'}"),
            Missing("unknown") if row.change is None else row.change,
            Missing("unknown") if row.excess is None else row.excess,
        )
        for row in sorted(poll.lists, key=lambda row: -(row.printed or 0.0))
    )
    return _table_html(Table(columns, rows, words("desk.lists_caption")), f"lists-{poll.poll}", visit)


def _becomes(check: Check, visit: Visit) -> Markup | None:
    if check.becomes is None:
        return None
    columns = (
        Column("list", words("desk.list"), is_row_header=True),
        Column("before", words("desk.before"), "seats", "int"),
        Column("after", words("desk.after"), "seats", "int"),
    )
    campaign = visit.campaign
    rows: list[tuple[Cell, ...]] = [
        (list_name(campaign, row.list), row.before_seats, row.after_seats)
        for row in check.becomes.lists
        if row.before_seats or row.after_seats
    ]
    rows += [(name_of(campaign, "bloc", row.bloc), row.before_seats, row.after_seats) for row in check.becomes.blocs]
    table = _table_html(Table(columns, tuple(rows), words("desk.becomes")), "becomes", visit)
    return _section(visit.say("desk.becomes"), table)


def _table_html(item: Table, name: str, visit: Visit) -> Markup:
    ctx = Context(visit.t, lambda _: "", lambda _block, _ending: "")  # no cell of these tables leads anywhere
    return table(item, ctx, name)
