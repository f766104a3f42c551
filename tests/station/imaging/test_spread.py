import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.schema import Imaging
from station.imaging.spread import spread
from station.model import Quad

AUTO = Imaging()
WIDTH, HEIGHT = 1400, 1000
LEFT, TOP, RIGHT, BOTTOM = 100, 90, 1300, 930
SHEET: Quad = ((LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM))
MIDDLE = (LEFT + RIGHT) / 2


def paper() -> np.ndarray:
    """A light sheet on a dark desk, wider than high, with a camera's noise."""
    frame = np.full((HEIGHT, WIDTH), 50.0)
    frame[TOP:BOTTOM, LEFT:RIGHT] = 220
    return frame + np.random.default_rng(1).normal(0, 1.5, frame.shape)


def write_lines(frame: np.ndarray, left: float, right: float) -> None:
    """Lines of characters from `left` to `right`."""
    for y in range(TOP + 80, BOTTOM - 80, 34):
        for x in range(int(left), int(right) - 14, 20):
            frame[y : y + 16, x + 2 : x + 14] *= 0.3


def write_columns(frame: np.ndarray, left: float, right: float) -> None:
    for x in range(int(left), int(right) - 22, 54):
        for y in range(TOP + 80, BOTTOM - 120, 30):
            frame[y : y + 24, x : x + 22] *= 0.3


def darken(frame: np.ndarray, *, depth: float, width: float, around: float = MIDDLE) -> None:
    """A vertical valley from edge to edge of the sheet."""
    away = np.abs(np.arange(WIDTH) - around)
    frame[TOP:BOTTOM, LEFT:RIGHT] *= (1 - depth * np.exp(-away / width))[None, LEFT:RIGHT]


def photographed(frame: np.ndarray) -> np.ndarray:
    grey = cv2.GaussianBlur(np.clip(frame, 0, 255).astype(np.uint8), (0, 0), 0.8)
    return np.ascontiguousarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))


def book() -> np.ndarray:
    frame = paper()
    write_lines(frame, LEFT + 60, MIDDLE - 50)
    write_lines(frame, MIDDLE + 50, RIGHT - 60)
    darken(frame, depth=0.3, width=30)
    darken(frame, depth=0.3, width=2)
    return photographed(frame)


def test_an_open_book_is_two_pages_that_meet_at_its_gutter():
    found = spread(book(), SHEET, AUTO)
    assert found is not None
    assert found.confidence > 0.8
    for (x, y), end in zip(found.gutter, (TOP, BOTTOM), strict=True):
        assert x == pytest.approx(MIDDLE, abs=4)
        assert y == pytest.approx(end, abs=1)


def test_each_page_reaches_a_little_over_the_gutter_and_no_further_than_the_sheet():
    found = spread(book(), SHEET, AUTO)
    assert found is not None
    left, right = found.pages
    assert left[0] == pytest.approx(SHEET[0], abs=0.1)
    assert right[2] == pytest.approx(SHEET[2], abs=0.1)
    assert 8 < left[1][0] - found.gutter[0][0] < 16
    assert 8 < found.gutter[1][0] - right[3][0] < 16


def test_an_old_book_is_read_from_its_right_page():
    forwards = spread(book(), SHEET, AUTO)
    backwards = spread(book(), SHEET, Imaging(page_order="right-to-left"))
    assert forwards is not None
    assert backwards is not None
    assert backwards.pages == forwards.pages[::-1]


def test_a_frame_filled_by_the_book_is_parted_too():
    found = spread(book()[TOP:BOTTOM, LEFT:RIGHT].copy(), None, AUTO)
    assert found is not None
    assert found.gutter[0][0] == pytest.approx(MIDDLE - LEFT, abs=4)


def test_a_leaning_gutter_is_followed():
    clockwise = -1.0
    lean = cv2.getRotationMatrix2D((MIDDLE, (TOP + BOTTOM) / 2), clockwise, 1.0)
    turned = cv2.warpAffine(book(), lean, (WIDTH, HEIGHT), borderValue=(50, 50, 50))
    found = spread(turned, SHEET, AUTO)
    assert found is not None
    (upper, _), (lower, _) = found.gutter
    assert upper - lower == pytest.approx((BOTTOM - TOP) * np.tan(np.radians(1.0)), abs=6)


def test_a_form_folded_in_its_middle_is_one_page():
    frame = paper()
    write_lines(frame, LEFT + 60, RIGHT - 60)
    darken(frame, depth=0.25, width=2)
    darken(frame, depth=0.05, width=30)
    assert spread(photographed(frame), SHEET, AUTO) is None


def test_a_deed_folded_between_two_columns_is_one_page():
    frame = paper()
    write_columns(frame, MIDDLE - 8 * 54 - 38, MIDDLE - 10)
    write_columns(frame, MIDDLE + 16, RIGHT - 60)
    darken(frame, depth=0.25, width=2)
    assert spread(photographed(frame), SHEET, AUTO) is None


def test_a_table_with_a_rule_in_its_middle_is_one_page():
    frame = paper()
    for y in range(TOP + 60, BOTTOM - 50, 50):
        frame[y : y + 2, LEFT + 40 : RIGHT - 40] *= 0.2
    frame[TOP + 60 : BOTTOM - 60, int(MIDDLE) - 2 : int(MIDDLE) + 2] *= 0.2
    assert spread(photographed(frame), SHEET, AUTO) is None


def test_an_empty_sheet_with_a_fold_is_one_page():
    frame = paper()
    darken(frame, depth=0.25, width=2)
    assert spread(photographed(frame), SHEET, AUTO) is None


def test_a_sheet_that_is_higher_than_wide_is_one_page_whatever_is_wished():
    upright = np.ascontiguousarray(book().transpose(1, 0, 2))
    quad = ((TOP, LEFT), (BOTTOM, LEFT), (BOTTOM, RIGHT), (TOP, RIGHT))
    assert spread(upright, quad, AUTO) is None
    assert spread(upright, quad, Imaging(spread="always")) is None


def test_a_profile_that_never_wants_two_pages_gets_one():
    assert spread(book(), SHEET, Imaging(spread="never")) is None


def test_a_profile_that_always_wants_two_pages_gets_them_in_the_middle_and_unsure():
    found = spread(photographed(paper()), SHEET, Imaging(spread="always"))
    assert found is not None
    assert found.confidence < 0.5
    assert found.gutter[0][0] == pytest.approx(MIDDLE, abs=2)


places = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000))


@given(st.tuples(places, places, places, places), st.integers(1, 200), st.integers(1, 200))
def test_no_quad_and_no_size_of_frame_breaks_it(quad, width, height):
    frame = np.zeros((height, width, 3), np.uint8)
    found = spread(frame, quad, Imaging(spread="always"))
    assert found is None or len(found.pages) == 2
