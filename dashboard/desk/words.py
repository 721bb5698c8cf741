"""What a check found, in words: its remarks, and the one sentence that the numbers of a poll bear."""

from dashboard.blocks import Argument, Day, Join, Moment, Name, Number, Span, Words, words
from dashboard.i18n import offered, translator
from dashboard.render.text import plain
from pipelines.desk.check import Check, ListCheck, PollCheck, Remark
from pipelines.electorate import Campaign
from pipelines.electorate.columns import Kind

MOST_MOVES = 3
WHOLE_SEATS = 0.05  # a number of seats nearer than this to a whole one is said whole


def name_of(campaign: Campaign, kind: Kind, own_id: str) -> Name:
    """The name of an id in every language of its electorate."""
    return Name(own_id, campaign.names.texts(kind, own_id))


def list_name(campaign: Campaign, list_id: str) -> Name:
    return Name(list_id, campaign.list_names(list_id))


def firm_name(campaign: Campaign, poll: PollCheck) -> Name:
    """Who did a poll, else who published it."""
    if poll.pollster is None:
        return name_of(campaign, "publisher", poll.publisher or poll.poll)
    return name_of(campaign, "pollster", poll.pollster)


def amount(value: float, unit: str) -> Argument:
    """Seats or per cent of the vote, with their unit."""
    if unit == "share":
        return Number(value, 1, "percent")
    return words("count.seats", n=round(value)) if abs(value - round(value)) < WHOLE_SEATS else Number(value, 1)


def ban_ends(check: Check, campaign: Campaign) -> Argument:
    """When polls may be published again, on the electorate's clock; blank where no ban is on."""
    if check.ban_end is None:
        return ""
    return Moment(check.ban_end.replace(tzinfo=campaign.zone).isoformat(), campaign.electorate.settings.zone)


def remark(item: Remark, check: Check, campaign: Campaign, unit: str = "seats") -> Words:
    """A remark as a sentence; what ingest says stands in its own words."""
    arguments: dict[str, Argument] = {}
    if item.list:
        arguments["list"] = list_name(campaign, item.list)
    if item.other:
        arguments["other"] = list_name(campaign, item.other)
    if item.value is not None:
        is_count = item.code in ("old", "sample")
        arguments |= {"n": round(item.value)} if is_count else {"printed": amount(item.value, unit)}
    if item.low is not None and item.high is not None:
        arguments["span"] = Span(item.low, item.high, 1 if unit == "share" else 0)
    arguments |= {"poll": item.poll or "", "reason": item.reason, "moment": ban_ends(check, campaign)}
    return words(f"check.{item.code.replace('-', '_')}", **arguments)


def sentence(poll: PollCheck, check: Check, campaign: Campaign) -> Words:
    """What may be said of a poll on air, and no more: who leads if that is no noise, and what moved beyond it."""
    is_doubtful = any(item.code == "swapped" for item in poll.remarks)
    if not poll.is_sound or is_doubtful or poll.kind != "poll" or poll.lead is None:
        return words("check.sentence_none")
    parts: list[Argument] = [_lead(poll, campaign)]
    if poll.previous_end:
        parts.append(_moves(poll, campaign))
    if not check.may_publish:
        parts.append(words("check.ban", moment=ban_ends(check, campaign)))
    return words("check.sentence", parts=Join(tuple(parts), " "))


def _lead(poll: PollCheck, campaign: Campaign) -> Words:
    assert poll.lead
    printed = {row.list: row.printed or 0.0 for row in poll.lists}
    first, second = poll.lead.first, poll.lead.second
    return words(
        "check.sentence_lead" if poll.lead.is_clear else "check.sentence_level",
        firm=firm_name(campaign, poll),
        days=Day(poll.fieldwork_end, "period", poll.fieldwork_start),
        first=list_name(campaign, first),
        second=list_name(campaign, second),
        first_has=amount(printed[first], poll.unit),
        second_has=amount(printed[second], poll.unit),
    )


def _moves(poll: PollCheck, campaign: Campaign) -> Words:
    moved = sorted((row for row in poll.lists if row.excess and row.change), key=lambda row: -(row.excess or 0.0))[
        :MOST_MOVES
    ]
    date = Day(poll.previous_end) if poll.previous_end else ""
    if not moved:
        return words("check.sentence_still", date=date)
    return words("check.sentence_moved", date=date, moves=Join(tuple(_move(row, poll, campaign) for row in moved)))


def _move(row: ListCheck, poll: PollCheck, campaign: Campaign) -> Words:
    change = Number(row.change or 0.0, 1 if poll.unit == "share" else 0, "signed")
    return words("check.move", list=list_name(campaign, row.list), change=change)


def sentences(check: Check, campaign: Campaign) -> dict[str, dict[str, str]]:
    """The sentence of each poll in each language of the electorate that there are words in, as plain text."""
    languages = offered(campaign.electorate.settings.languages)
    return {
        poll.poll: {code: plain(sentence(poll, check, campaign), translator(code)) for code in languages}
        for poll in check.polls
    }


def remarks(check: Check, campaign: Campaign, lang: str) -> list[str]:
    """Every remark in one language, those of the file first."""
    of_file = [(item, "seats") for item in check.remarks]
    of_polls = [(item, poll.unit) for poll in check.polls for item in poll.remarks]
    return [plain(remark(item, check, campaign, unit), translator(lang)) for item, unit in (*of_file, *of_polls)]
