"""Lists: names, members, colours."""

import re

import pytest

from tests.data.reference import archive, called, chart_label, covering, elections, lists, members, reference, split

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HEBREW = re.compile(r"[א-ת]")
PAGE = {"colour_light": "#FBFAF7", "colour_dark": "#131519"}


def linear(hex_colour: str) -> list[float]:
    parts = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours. See: WCAG 2.1, relative luminance."""
    luminance = [
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True)) for colour in (one, other)
    ]
    return (max(luminance) + 0.05) / (min(luminance) + 0.05)


def lab(hex_colour: str) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour, D65."""
    red, green, blue = linear(hex_colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other), strict=True)) ** 0.5


@pytest.mark.parametrize("name", elections())
def test_ids_are_slugs_and_unique(name):
    slugs = [row["list"] for row in reference("lists", name)]
    assert len(slugs) == len(set(slugs))
    assert slugs == sorted(slugs)
    for row in reference("lists", name):
        assert SLUG.fullmatch(row["list"])
        assert all(SLUG.fullmatch(member) for member in split(row["members"]))


def test_chart_labels_are_short_and_in_their_language():
    for row in reference("lists"):
        name = f"{row['election']}/{row['list']}"
        assert 0 < len(chart_label("list", name, "en")) <= 14, row
        assert 0 < len(chart_label("list", name, "he")) <= 14, row
        assert HEBREW.search(chart_label("list", name, "he")), row


@pytest.mark.parametrize("name", elections())
def test_labels_and_names_of_ballot_and_campaign_lists_tell_them_apart(name):
    for language in ("en", "he"):
        stand = [slug for slug, row in lists(name).items() if row["kind"] in ("ballot", "campaign")]
        named = [called("list", f"{name}/{slug}", language) for slug in stand]
        assert len(named) == len(set(named)), language


@pytest.mark.parametrize("name", elections())
def test_every_list_has_members_and_a_combined_one_at_least_two(name):
    for slug, row in lists(name).items():
        assert row["members"], slug
        if row["kind"] == "combined":
            assert len(split(row["members"])) > 1, slug


def test_a_combined_number_is_made_of_parties_that_other_lists_continue():
    for name in elections():
        members_of = members(name)
        single = {slug for slug, row in lists(name).items() if row["kind"] != "combined"}
        for slug, row in lists(name).items():
            if row["kind"] == "combined":
                parts = [members_of[other] for other in single if members_of[other] <= members_of[slug]]
                assert frozenset().union(*parts) == members_of[slug], (name, slug)


@pytest.mark.parametrize("column", PAGE)
def test_colours_can_be_seen_on_their_page(column):
    for row in [*reference("lists"), *reference("blocs")]:
        assert re.fullmatch("#[0-9A-F]{6}", row[column]), row
        assert contrast(row[column], PAGE[column]) >= 3, row


@pytest.mark.parametrize("column", PAGE)
@pytest.mark.parametrize("name", elections())
def test_the_polled_ballot_lists_of_a_campaign_are_told_apart_by_colour(name, column):
    polled = {
        covering(reference("aliases", name), row["label"], row["fieldwork_end"])[0]["list"] for row in archive(name)
    }
    shown = [row for slug, row in lists(name).items() if slug in polled and row["kind"] == "ballot"]
    for at, row in enumerate(shown):
        for other in shown[at + 1 :]:
            assert distance(row[column], other[column]) >= 12, (row["list"], other["list"])


def test_a_list_has_letters_where_it_was_submitted_and_only_there():
    for row in reference("lists"):
        if row["kind"] == "ballot":
            assert row["ballot_letters"], row
        if row["kind"] in ("combined", "hypothetical", "residual"):
            assert not row["ballot_letters"], row


@pytest.mark.parametrize("name", elections())
def test_letters_are_one_lists_only(name):
    letters = [row["ballot_letters"] for row in lists(name).values() if row["ballot_letters"]]
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize("name", elections())
def test_a_campaign_list_is_one_that_polls_print_or_that_withdrew_after_submitting(name):
    """A list nobody prints would stand in the campaign without a number."""
    aliases = reference("aliases", name)
    polled = {
        covering(aliases, row["label"], row["fieldwork_end"])[0]["list"]
        for row in archive(name)
        if row["kind"] == "poll"
    }
    for slug, row in lists(name).items():
        if row["kind"] == "campaign":
            assert slug in polled or row["ballot_letters"], slug
