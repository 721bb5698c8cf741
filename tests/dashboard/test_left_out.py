"""What a reader leaves out: draws move to where the other polls put them, everything follows, the address says it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard import left_out
from dashboard.address import LEAVE
from dashboard.blocks import Block, Control
from dashboard.i18n import Translator
from dashboard.left_out import LeftOut, without
from dashboard.pages import PAGES
from dashboard.reader import Clock, Reader
from dashboard.render.text import say
from dashboard.seats import seats_of
from dashboard.serve.documents import Documents
from electoral.projection import summarise
from pipelines.editions.schema import Dot
from pipelines.editions.store import Edition
from tests.dashboard import editions
from tests.dashboard.conftest import TODAY, Client, view_of

AS_OF = date(2019, 9, 1)


def published(folder: Path, **changes: Any) -> Edition:
    """Two firms in the field, the second for an outlet of its own and two points under the first for alpha."""
    seats_of = {"firm": {"alpha": 50, "beta": 58, "gamma": 12}, "other": {"alpha": 48, "beta": 60, "gamma": 12}}
    other = editions.poll(date(2019, 8, 29), {**seats_of["other"]}, "other").model_copy(update={"publisher": "paper"})
    polls = {"firm": "2019-08-30-firm", "other": other.poll}
    dots = {
        name: [
            Dot(date=date(2019, 8, 29), poll=polls[firm], share=seats.get(name, 4) / 125, seats=4, composed=False)
            for firm, seats in seats_of.items()
        ]
        for name in editions.LISTS
    }
    return editions.publish(folder, more_polls=(other,), dots=dots, **changes)


@pytest.fixture
def processed(tmp_path: Path) -> Path:
    published(tmp_path / "processed")
    return tmp_path / "processed"


def z(share: float) -> float:
    return float(2 * np.arcsin(np.sqrt(share)))


def option_of(edition: Edition, kind: str) -> str:
    parameter = left_out.parameters(edition)[LEAVE]
    return next(option for option in parameter.options if option.startswith(kind))  # type: ignore[union-attr]


def test_a_poll_is_left_out_by_its_firm_its_family_or_its_outlet(edition: Edition) -> None:
    first, *_, last = edition.polls.polls
    assert left_out.labels_of(edition, first) == {"firm.firm"}
    assert left_out.labels_of(edition, last) == {"firm.other", "outlet.paper"}
    edition.reference.families.update(firm="house", other="house")
    assert left_out.labels_of(edition, last) == {"firm.other", "outlet.paper", "family.house"}


def test_each_centre_is_each_firms_newest_poll_of_the_last_month() -> None:
    firms = {"a1": "a", "a2": "a", "b1": "b", "old": "c"}
    dots = [
        Dot(date=day, poll=poll, share=share, seats=0, composed=False)
        for day, poll, share in (
            (date(2019, 7, 1), "old", 0.5),
            (date(2019, 8, 20), "a1", 0.3),
            (date(2019, 8, 22), "b1", 0.2),
            (AS_OF, "a2", 0.25),
        )
    ]
    assert left_out._centre(dots, firms) == pytest.approx((z(0.25) + z(0.2)) / 2)
    assert left_out._centre(dots[:1], firms) == pytest.approx(z(0.5)), "a list not polled since: its own last month"


def test_every_draw_moves_as_the_mean_of_the_polls_does_and_everything_adds_up(edition: Edition) -> None:
    option = option_of(edition, "firm")
    rest = without(edition, ((LEAVE, option),))
    assert isinstance(rest, LeftOut)
    whole, moved = edition.share_draws, rest.share_draws
    assert moved.shares.sum(axis=0) == pytest.approx(whole.shares.sum(axis=0))
    shift = np.array([rest.shifts[name] for name in whole.lists])
    assert np.abs(shift).max() > 0
    free = 2 * np.arcsin(np.sqrt(whole.shares)) + shift[:, np.newaxis]
    expected = np.sin(free / 2) ** 2
    assert moved.shares == pytest.approx(expected * whole.shares.sum(axis=0) / expected.sum(axis=0))
    assert (rest.seat_draws.seats.sum(axis=0) == editions.HOUSE).all()
    assert sum(rest.projection.allocation.values()) == editions.HOUSE
    for row in rest.projection.lists:
        assert row.seats
        assert row.seats.mean == summarise(rest.seat_draws.row(row.id)).mean
        assert row.p_pass == (rest.seat_draws.row(row.id) > 0).mean()
    for bloc in rest.projection.blocs:
        assert seats_of(rest.projection, bloc.lists) == sum(rest.projection.allocation[name] for name in bloc.lists)
    left = {poll.poll for poll in edition.polls.polls} - {poll.poll for poll in rest.polls.polls}
    assert left == {poll.poll for poll in edition.polls.polls if f"firm.{poll.pollster}" == option}
    assert rest.projection.polls.pollsters == edition.projection.polls.pollsters - 1


def test_nothing_left_out_is_the_edition_and_nothing_left_moves_nothing(edition: Edition) -> None:
    assert without(edition, ()) is edition
    every = left_out.parameters(edition)[LEAVE].options  # type: ignore[union-attr]
    reduced = without(edition, ((LEAVE, ",".join(every)),))
    assert isinstance(reduced, LeftOut)
    assert set(reduced.shifts.values()) == {0.0}
    assert reduced.projection.polls.used == 0


@pytest.mark.parametrize("path", ["/", "/coalitions", "/threshold", "/what-if"])
def test_pages_follow_say_so_and_offer_to_take_it_in_again(
    processed: Path, client_of: Client, edition: Edition, path: str
) -> None:
    option = option_of(edition, "firm")
    client = client_of(processed)
    address = f"/view{path if path != '/' else ''}?leave={option}"
    page = client.get(address).get_data(as_text=True)
    assert "Left out: " in page
    assert f"leave-{option.replace('.', '-')}" in page
    assert "Left out: " not in client.get(address.partition("?")[0]).get_data(as_text=True)
    view = view_of(edition, path, leave=option)
    blocks = PAGES[path].blocks(view)
    assert all("leave" in part.parameters for part in blocks if isinstance(part, Block))
    control = next(part for part in blocks if isinstance(part, Control) and part.id == "leave-firm")
    chosen = next(choice for choice in control.choices if choice.value == option)
    assert chosen.is_current
    assert view.address(chosen.address) == view.href(leave="")  # type: ignore[arg-type]


@pytest.mark.parametrize("is_banned", [True, False])
def test_within_a_ban_nothing_new_is_made(tmp_path: Path, client_of: Client, is_banned: bool) -> None:
    ban = (datetime(2019, 9, 1), datetime(2019, 9, 17, 22)) if is_banned else None
    edition = published(tmp_path / "published", ban=ban)
    documents = Documents(Reader(tmp_path / "published"), Clock(lambda: TODAY), PAGES)
    key = documents.key("/", {"leave": option_of(edition, "firm")})
    assert isinstance(documents.view(key).edition, LeftOut) != is_banned
    page = client_of(tmp_path / "published").get(f"/view?leave={option_of(edition, 'firm')}").get_data(as_text=True)
    assert ("Left out" in page) != is_banned
    assert ("leave-firm" in page) != is_banned


def test_families_stand_beside_firms_where_they_are_fewer(tmp_path: Path, en: Translator) -> None:
    from dashboard.status import basis

    edition = published(tmp_path / "plain")
    assert "famil" not in say(basis(view_of(edition)), en)
    coverage = edition.projection.polls.model_copy(update={"families": 1})
    other = editions.publish(tmp_path / "other", polls=coverage)
    assert say(basis(view_of(other)), en).endswith("2 pollsters · 1 family")
