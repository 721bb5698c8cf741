"""Small polling pages of our own, in the structure of the real ones."""

import json
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from pipelines.electorate.settings import read_sources
from pipelines.sources.reading import Scope

SETTINGS = read_sources(Path(__file__).parents[3] / "data/raw/electorates/il")["wikipedia"]
SCOPE = Scope(
    "knesset-99", "a polling page", date(2025, 1, 1), date(2026, 10, 26), date(2026, 10, 27), settings=SETTINGS
)
TITLE = "Opinion polling for the 2026 Israeli legislative election"
LISTS = ("Likud", "Together", "Shas", "UTJ", "Ra'am", "Hadash–Ta'al", "Balad", "Dems")
GOVERNMENT = ("Likud", "Shas", "UTJ")
NA = (
    '<td data-sort-value="" class="table-na"><span aria-hidden="true">—</span>'
    '<style data-mw-deduplicate="r1">.mw-parser-output .sr-only{width:1px}</style><span class="sr-only">N/a</span></td>'
)


def cell(printed: str, span: int = 1) -> str:
    """One td of a list: None of the page's tricks left out."""
    if printed == "N/a":
        return NA
    shown = f'<span style="font-size: 85%;">{printed}</span>' if printed.startswith("(") else printed
    return f"<td{f' colspan={span}' if span > 1 else ''}>{shown}</td>"


def cells(*printed: str | tuple[str, int]) -> str:
    return "".join(cell(*one) if isinstance(one, tuple) else cell(one) for one in printed)


def names(
    days: str, firm: str, outlet: str, sort: str | None = None, rows: int = 1, sample: str = "500", note: int = 1
) -> str:
    span = f' rowspan="{rows}"' if rows > 1 else ""
    sorted_by = f' data-sort-value="{sort}"' if sort is not None else ""
    mark = f'<sup id="cite_ref-{note}" class="reference"><a href="#cite_note-{note}">[{note}]</a></sup>'
    shown = cells(sample) if sample == "N/a" else f"<td{span}>{sample}</td>"
    return (
        f'<td{span}{sorted_by}><span class="nowrap">{days}</span></td><td{span} style="background:orange">{firm}</td>'
        f"<td{span}>{outlet}{mark}</td>{shown}"
    )


def row(*parts: str) -> str:
    return f"<tr>{''.join(parts)}</tr>"


def header(lists: Sequence[str] = LISTS, *, sample: bool = True) -> str:
    """Four header rows: names, a banner over the Arab lists, their own names, and a row of colours."""
    arabs = [name for name in ("Ra'am", "Hadash–Ta'al", "Balad") if name in lists]
    top, done = [], False
    for name in lists:
        if name in arabs:
            top += [] if done else [f'<th colspan="{len(arabs)}">Joint List</th>']
            done = True
        else:
            shade = ' style="width:40px; background:#D9D9F8;"' if name in GOVERNMENT else ""
            top.append(f'<th rowspan="3"{shade}><a href="/wiki/X">{escape(name)}</a></th>')
    fixed = ["Fieldwork<br />date", "Polling firm", "Publisher", *(["Sample<br />size"] if sample else [])]
    return (
        row(
            *(f'<th rowspan="4">{name}</th>' for name in fixed),
            *top,
            '<th rowspan="4">Others</th><th rowspan="3" style="background:#D9D9F8;">Gov.</th>',
        )
        + (row(f'<th colspan="{len(arabs)}" style="background:#01B2AC"></th>') if arabs else row(""))
        + row(*(f"<th>{escape(name).replace('–', '<br />–')}</th>" for name in arabs))
        + row(*('<th style="background:#1f5aa5"></th>' for _ in range(len(lists) + 1)))
    )


def table(*rows: str, head: str | None = None) -> str:
    body = (header() if head is None else head) + "".join(rows)
    return f'<table class="wikitable sortable sticky-header-multi"><tbody>{body}</tbody></table>'


def heading(level: int, text: str) -> str:
    return f'<div class="mw-heading"><h{level}>{text}</h{level}><span class="mw-editsection">[edit]</span></div>'


def event(days: str, sort: str, prose: str, width: int = 13) -> str:
    return row(f'<td data-sort-value="{sort}">{days}</td><td colspan="{width}">{prose}</td>')


def poll_row(
    days: str,
    sort: str | None,
    firm: str,
    outlet: str,
    seats: Sequence[str | tuple[str, int]],
    gov: str = "60",
    **options: int | str,
) -> str:
    return row(names(days, firm, outlet, sort, **options), cells(*seats), cells("N/a", gov))  # type: ignore[arg-type]


FULL: tuple[str, ...] = ("40", "30", "10", "10", "5", "5", "(2.1%)", "20")
PLAIN = (
    poll_row("9 Jul", "2026-07-09", "Kantar", "Israel Hayom", FULL, note=1),
    poll_row("8–<span>9 Jul</span>", "2026-07-09", "Lazar", "Maariv", ("41", "29", *FULL[2:]), "61", note=2),
    poll_row("2 Jul", "2026-07-02", "Filber", "Channel 14", ("<b>45</b>", "25", "10", "10", "5", ("5", 2), "20"), "65"),
)


def page(*parts: str) -> str:
    notes = "".join(
        f'<li id="cite_note-{n}"><a href="#cite_ref-{n}">^</a> <a class="external" href="https://news.example/{n}">x</a></li>'
        for n in (1, 2, 3)
    )
    return f'<div class="mw-parser-output">{"".join(parts)}{heading(2, "References")}<ol>{notes}</ol></div>'


def ordinary(*rows: str, year: str = "2026", head: str | None = None) -> str:
    return heading(2, "Seat projections") + heading(3, year) + table(*rows, head=head)


def scenarios(*rows: str, name: str = "Likud B", head: str | None = None) -> str:
    return heading(2, "Scenario polls") + heading(3, "New parties") + heading(4, name) + table(*rows, head=head)


def body(*parts: str, title: str = TITLE, version: int = 2) -> bytes:
    text = page(*parts)
    shown = text if version == 2 else {"*": text}
    return json.dumps({"parse": {"title": title, "pageid": 1, "revid": 7, "text": shown}}).encode()
