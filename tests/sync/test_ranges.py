from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sync.ranges import Range, covers, gaps, length, united

PIECES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def _bytes(pieces: list[Range] | tuple[Range, ...]) -> set[int]:
    return {at for start, end in pieces for at in range(start, end)}


@given(PIECES, PIECES)
def test_a_union_has_the_bytes_of_both(one: list[Range], other: list[Range]) -> None:
    both = united(one, other)

    assert _bytes(both) == _bytes(one) | _bytes(other)
    assert length(both) == len(_bytes(both))
    assert all(left[1] < right[0] for left, right in itertools.pairwise(both))


@given(PIECES, st.integers(0, 60))
def test_gaps_are_what_is_not_there(pieces: list[Range], size: int) -> None:
    have = united((start, min(end, size)) for start, end in pieces)

    assert _bytes(gaps(have, size)) == set(range(size)) - _bytes(have)


@given(PIECES, st.integers(0, 60), st.integers(1, 10))
def test_covered_means_every_byte(pieces: list[Range], start: int, size: int) -> None:
    have = united(pieces)

    assert covers(have, start, start + size) == (set(range(start, start + size)) <= _bytes(have))
