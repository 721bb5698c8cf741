"""A query says only what is on offer, in one canonical way."""

import pytest

from dashboard.address import LONGEST_VALUE, Choice, Subset, UnknownAddress, query, read_language, read_state

OFFER = {"unit": Choice(("seats", "share")), "gov": Subset(("a", "b", "c"))}


def test_defaults_are_left_out_and_members_stand_in_order() -> None:
    assert read_state({"unit": "seats", "gov": "c,a,a"}, OFFER) == (("gov", "a,c"),)


def test_unknown_parameters_are_ignored() -> None:
    assert read_state({"utm_source": "x" * 3000}, OFFER) == ()


@pytest.mark.parametrize("arguments", [{"unit": "votes"}, {"gov": "a," * LONGEST_VALUE}])
def test_a_value_that_is_not_on_offer_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(UnknownAddress):
        read_state(arguments, OFFER)


def test_a_member_that_is_not_on_offer_is_dropped() -> None:
    assert read_state({"gov": "z,b,<b>"}, OFFER) == (("gov", "b"),)
    assert [OFFER["gov"].drops(value) for value in ("", "b,a", "a,z")] == [False, False, True]
    assert Choice(("a", "b"), of_lists=True).read("z") == ""


def test_an_unknown_language_is_refused_and_none_is_english() -> None:
    assert read_language({}, ("en", "he")) == "en"
    with pytest.raises(UnknownAddress):
        read_language({"lang": "xx"}, ("en", "he"))


def test_a_query_is_quoted() -> None:
    assert query({"gov": "a,b", "x": '"&<', "none": None}) == "?gov=a,b&x=%22%26%3C"
