import numpy as np
import pytest

from station.imaging.quads import areas, common_areas

SHEET = [
    [604.052978515625, 430.7414245605469],
    [81.69535827636719, 442.4936828613281],
    [83.176025390625, 66.62277221679688],
    [596.6686401367188, 73.55204772949219],
]
AS_FAR_AS_A_PLANK = [
    [596.6686401367188, 73.55204772949219],
    [83.176025390625, 66.62277221679688],
    [81.48738098144531, 495.29144287109375],
    [605.3297119140625, 492.49859619140625],
]
"""The same three sides, and a joint of the desk for the fourth: OpenCV saw nothing in common."""


def test_a_quad_that_goes_further_on_three_same_sides_has_all_of_the_other_in_common():
    quads = np.array([SHEET, AS_FAR_AS_A_PLANK], np.float32)

    common = common_areas(quads, 0)

    assert common == pytest.approx(abs(areas(quads)[0]), rel=0.005)


def test_quads_side_by_side_have_nothing_in_common():
    left = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], np.float32)
    right = left + np.float32([100, 0])

    assert common_areas(np.stack([left, right]), 0)[1] == pytest.approx(0)
