from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.imaging.strokes import raise_rows, strokes_of
from tests.station.imaging.drawings import page

NOTHING = np.zeros((30, 20), np.uint8)


def test_strokes_do_not_depend_on_the_bands_they_are_looked_at_in():
    gap = page()[1]
    seen = strokes_of(gap, NOTHING, 0.0)
    soft, wide = cv2.GaussianBlur(gap, (3, 3), 0), np.ones((9, 9), np.uint8)
    slope = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    assert np.array_equal(seen.reached, cv2.dilate(soft, wide))
    assert np.array_equal(seen.steepest, cv2.dilate(slope, wide))
    assert np.array_equal(seen.edge, np.where((soft > 10) & (slope > 10), 255, 0))


@pytest.mark.parametrize("end", [(800, 300), (100, 1100)])
def test_a_ruled_line_is_no_edge_and_a_stroke_is(end):
    gap = np.zeros((1200, 900), np.uint8)
    cv2.line(gap, (100, 300), end, (120,), 3)
    cv2.line(gap, (400, 600), (430, 600), (120,), 3)
    edge = strokes_of(gap, NOTHING, 0.0).edge > 0
    assert not edge[280:320, 120:780].any()
    assert not edge[320:1080, 80:120].any()
    assert edge[590:610, 390:440].any()


def test_what_is_aside_has_no_edge():
    gap, aside = page()[1], NOTHING.copy()
    aside[:15] = 255
    edge = strokes_of(gap, aside, 0.0).edge
    assert not edge[:590].any()
    assert edge[610:].any()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([2, 8]))
def test_rows_are_raised_to_their_small_copy(height, width, times):
    small = np.random.default_rng(height).integers(0, 256, (height, width)).astype(np.uint8)
    plane = np.zeros((height * times + times // 2, width * times + times // 2), np.uint8)
    raise_rows(plane, slice(0, len(plane)), small, times)
    whole = np.kron(small, np.ones((times, times), np.uint8))
    assert np.array_equal(plane[: len(whole), : whole.shape[1]], whole)
