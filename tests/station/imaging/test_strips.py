import cv2
import numpy as np
import pytest

from station.imaging.strips import LONGEST, restacked, strips_of
from tests.benchmarks._turned_pages import page


def drawn(layout: str):
    grey = cv2.resize(page(np.random.default_rng(4), layout), None, fx=0.4, fy=0.4)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("layout", ["lines", "words", "hand"])
def test_lines_are_rows_and_a_page_on_its_side_has_columns(layout):
    upright = strips_of(drawn(layout), 8)
    lying = strips_of(np.ascontiguousarray(np.rot90(drawn(layout))), 8)
    assert upright.rows_share > 2 * upright.columns_share
    assert lying.columns_share > 2 * lying.rows_share
    assert len(upright.rows) == 8


def test_columns_are_columns():
    found = strips_of(drawn("columns"), 8)
    assert found.columns_share > 2 * found.rows_share
    assert all(strip.tall for strip in found.columns)


def test_strips_are_longer_than_high_and_quick_to_read():
    for strip in strips_of(drawn("columns"), 8).columns:
        height, width = strip.pixels.shape[:2]
        assert height < width <= (LONGEST + 1) * height


def test_an_empty_page_has_no_strips():
    found = strips_of(np.full((900, 700, 3), 250, np.uint8), 8)
    assert (found.rows, found.columns) == ((), ())


def test_characters_are_turned_each_in_its_place():
    strip = np.full((40, 160, 3), 240, np.uint8)
    for left in range(4, 160, 40):
        strip[4:12, left : left + 32] = 20  # a bar on top of every character
    turned = restacked(strip, 1)
    bars = (turned[:, :, 0] < 128).mean(axis=0) > 0.6
    assert turned.shape[0] == 40
    assert np.count_nonzero(np.diff(bars.astype(int)) == 1) == 4
