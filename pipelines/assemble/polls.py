"""`polls.json`: every poll known on the as-of day, as published, with what was derived from it."""

from collections.abc import Sequence

from electoral.fieldwork import overlapping_waves
from electoral.polls import Poll
from pipelines.assemble.night import Night
from pipelines.contenders import contest_of
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign
from pipelines.electorate.columns import CorrectionRow
from pipelines.trend.observations import derive


def polls(night: Night) -> edition.Polls:
    """`polls.json`: every poll known on the as-of day, as published."""
    waves = overlapping_waves(poll for poll, _ in night.polls)
    return edition.Polls(
        election=night.campaign.election.id,
        as_of=night.as_of,
        edition=night.edition,
        polls=[_poll_row(poll, revision, night.campaign, waves.get(poll.id, ())) for poll, revision in night.polls],
    )


def _poll_row(poll: Poll, revision: int, campaign: Campaign, waves: Sequence[str]) -> edition.PollRow:
    shares = derive(poll, contest_of(campaign))
    rulings = [row.why for (of, _), row in campaign.rulings.items() if of == poll.id]
    return edition.PollRow(
        poll=poll.id,
        kind=poll.kind.value,
        pollster=poll.pollster,
        publisher=poll.publisher,
        fieldwork_start=poll.fieldwork.start,
        fieldwork_end=poll.fieldwork.end,
        published_date=poll.published_date,
        known_from=poll.known_from(campaign.electorate.settings.publication_lag_days),
        known_from_assumed=poll.published_date is None,
        sample_size=poll.sample_size,
        sample_size_printed=poll.sample_size_printed,
        fieldwork_guessed=poll.fieldwork.is_guessed,
        source=poll.source,
        revision=revision,
        ruling="; ".join(rulings) or None,
        values=[
            edition.PollValue(
                list=value.list,
                label=value.label,
                status=value.status.value,
                seats=value.seats,
                pct=value.pct,
                share=shares[value.list].share if value.list in shares else None,
                derivation=shares[value.list].derivation.value if value.list in shares else None,
            )
            for value in poll.values
        ],
        unit=poll.unit.value,
        unknown=[
            edition.UnknownColumn(label=value.label, status=value.status.value, seats=value.seats, pct=value.pct)
            for value in poll.unknown
        ],
        urls=list(poll.urls),
        waves=list(waves),
        corrections=[_correction(row) for row in campaign.corrections if row.poll == poll.id and row.applied == "yes"],
    )


def _correction(row: CorrectionRow) -> edition.Correction:
    return edition.Correction(
        field=row.field,
        label=row.label,
        before=row.before,
        after=row.after,
        corrected_date=row.when,
        why=row.why,
        source=row.source,
        url=row.url,
    )
