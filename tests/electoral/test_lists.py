"""How lists are made of polled parties."""

from itertools import chain, combinations

import pytest

from electoral.lists import composed

Parts = dict[frozenset[str], str]


def of(*parts: str) -> Parts:
    return {frozenset(part): part for part in parts}


def test_parts_make_a_target_where_those_inside_it_hold_each_member_once() -> None:
    """Every choice of parts of three parties, for every target."""
    every = of("a", "b", "c", "ab", "ac", "bc", "abc")
    for parts in chain.from_iterable(combinations(every, size) for size in range(len(every) + 1)):
        for target in every:
            inside = {part for part in parts if part < target}
            found = composed(target, {part: part for part in parts})
            if target in parts:
                assert found == (target,)
            elif sorted(name for part in inside for name in part) == sorted(target):
                assert found is not None
                assert set(found) == inside
            else:
                assert found is None


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (of("abc", "a", "bc"), ("abc",)),  # its own number before a sum
        (of("a", "bc"), ("a", "bc")),
        (of("a", "b", "c", "d"), ("a", "b", "c")),  # what is outside is left out
        (of("a", "b"), None),  # a member is missing
        (of("a", "b", "cd"), None),  # one number for a party inside and one outside says nothing of either
        (of("ab", "bc"), None),  # a member is counted twice
        (of("a", "b", "c", "ab"), None),
        ({}, None),
    ],
)
def test_parts_of_a_merged_list(parts: Parts, found: tuple[str, ...] | None) -> None:
    assert composed(frozenset("abc"), parts) == found
