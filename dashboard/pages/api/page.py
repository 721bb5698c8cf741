"""API: how programs read what the pages show, with examples that a test runs, and what never changes of it."""

from dashboard.address import query
from dashboard.blocks import Anchor, Block, BlockType, Code, Note, Paragraph, Parts, Values, Words, words
from dashboard.i18n import clean
from dashboard.names import first_text
from dashboard.pages.shared import Blocks
from dashboard.view import Page, View

NAME = "api"
LOCAL = "http://127.0.0.1:8050"  # where `make run` serves; the address of an installation is the operator's to set
PYTHON = """\
import pandas as pd
import requests

at = "{at}/api/v1/{election}"
seats = requests.get(f"{{at}}/tonight/seats.json").json()
lists = pd.json_normalize(seats["values"]["lists"]).set_index("name.id")
print(seats["edition"], seats["finding"])
print(lists[["seats", "interval_seats.q05", "interval_seats.q95", "p_pass"]])
polls = pd.read_csv(f"{{at}}/polls/polls.csv")
print(len(polls), "polls;", "; ".join(source["attribution"] for source in seats["sources"]))"""
FRAME = """\
<iframe src="{at}/embed/tonight/seats?election={election}" title="{title}" width="100%" height="640"
  style="border:0" loading="lazy"></iframe>
<script src="{at}/assets/embed.js" async></script>"""


class TextValues(Values):
    """What is text alone."""

    name: str


TEXTS = ("python", "addresses", "frames", "answers", "promise")
BLOCKS = Blocks(
    NAME,
    BlockType("headline", TextValues, "headline"),
    *(BlockType(name, TextValues, "note", f"api.{name}_title", classes="prose", embeddable=False) for name in TEXTS),
)


def headline(_view: View) -> Words:
    return words("api.headline")


def blocks(view: View) -> Parts:
    election = view.edition.election
    at = {"at": view.settings.public_url or LOCAL, "election": election}
    own = f"/api/v1/{election}{query({'edition': view.edition.id})}"
    suffix = query({"election": election, "edition": view.edition.id})
    title = clean(first_text(view.edition.reference.election.names))
    return (
        _text_block(view, "headline", Paragraph((words("api.lead"),), "said")),
        _text_block(view, "python", Code(PYTHON.format(**at))),
        _text_block(
            view,
            "addresses",
            _lines("api.addresses"),
            Paragraph((Anchor("/api/v1/elections", "/api/v1/elections", is_file=True), ""), ""),
            Paragraph((Anchor(f"/api/v1/{election}", own, is_file=True), ""), ""),
            Paragraph((Anchor("/api/openapi.json", "/api/openapi.json", is_file=True), ""), ""),
        ),
        _text_block(view, "frames", _lines("api.frames"), Code(FRAME.format(title=title.replace('"', ""), **at))),
        _text_block(
            view, "answers", _lines("api.answers"), Paragraph((Anchor(words("data.licences"), f"/data{suffix}"),), "")
        ),
        _text_block(view, "promise", _lines("api.promise")),
    )


def _lines(key: str) -> Paragraph:
    return Paragraph((words(key),), "")


def _text_block(view: View, name: str, *notes: Note) -> Block:
    if name == "headline":
        return BLOCKS.make(view, name, TextValues(name=name), finding=headline(view), lead=notes)
    return BLOCKS.make(view, name, TextValues(name=name), notes=notes)


PAGE = Page("/api", NAME, headline, blocks, BLOCKS.types, is_in_navigation=False)
