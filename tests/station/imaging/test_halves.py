from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from station.imaging.halves import halves


def lined(height: int = 500, width: int = 300, *, pitch: int = 40) -> np.ndarray:
    page = np.full((height, width, 3), 230, np.uint8)
    for top in range(10, height - 20, pitch):
        page[top : top + 22, 20:-20:7] = 30
    return page


def test_the_cut_goes_between_two_lines():
    page = lined()
    (upper, start), (lower, cut) = halves(page, columns=False)
    assert start == 0
    assert (page[cut, :, 0] == 230).all()
    assert np.array_equal(np.vstack([upper, lower]), page)


def test_columns_are_parted_from_side_to_side():
    page = np.ascontiguousarray(lined().transpose(1, 0, 2))
    (left, _), (right, cut) = halves(page, columns=True)
    assert (page[:, cut, 0] == 230).all()
    assert np.array_equal(np.hstack([left, right]), page)


@given(st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_a_page_of_any_size_is_parted_without_a_rest(height, width, columns):
    page = np.zeros((height, width, 3), np.uint8)
    (first, _), (second, cut) = halves(page, columns=columns)
    axis = 1 if columns else 0
    assert first.shape[axis] == cut
    assert first.shape[axis] + second.shape[axis] == page.shape[axis]
