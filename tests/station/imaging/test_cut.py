"""Sides that the frame cuts off run where the rest of the sheet wants them."""

import math

import cv2
import numpy as np
import pytest

from station.imaging.cut import completed
from station.imaging.straighten import USUAL_FOCAL_LENGTH

WIDTH, HEIGHT = 1600, 1200
FRAME_X = WIDTH - 0.5


def seen(turn_deg, tilt_deg):
    """A rectangle before the usual lens, turned and tilted: 4x2 px."""
    flat = np.array([[-0.3, -0.35], [0.3, -0.35], [0.3, 0.35], [-0.3, 0.35]])
    about = np.radians(turn_deg)
    turn = np.array([[math.cos(about), -math.sin(about)], [math.sin(about), math.cos(about)]])
    points = np.column_stack([flat @ turn.T, np.zeros(4)])
    tilt = cv2.Rodrigues(np.array([math.radians(tilt_deg), math.radians(tilt_deg / 2), 0.0]))[0]
    space = points @ tilt.T + [0.25, 0.0, 1.0]
    focal_px = USUAL_FOCAL_LENGTH * WIDTH
    return space[:, :2] / space[:, 2:] * focal_px + [(WIDTH - 1) / 2, (HEIGHT - 1) / 2]


def cut_at(quad, x):
    """The quad with its right side on the upright line at `x`."""
    top, bottom = (
        one + (other - one) * (x - one[0]) / (other[0] - one[0])
        for one, other in ((quad[0], quad[1]), (quad[3], quad[2]))
    )
    return np.array([quad[0], top, bottom, quad[3]])


def off_the_vanishing_point_deg(one, other, quad):
    """The angle between a side and the way to where the upright sides of `quad` meet."""
    (a, b, c, d) = (np.append(corner, 1.0) for corner in quad)
    vanishing = np.cross(np.cross(a, d), np.cross(b, c))
    way, there = other - one, vanishing[:2] - one * vanishing[2]
    sine = way[0] * there[1] - way[1] * there[0]
    return math.degrees(math.asin(sine / np.linalg.norm(way) / np.linalg.norm(there)))


@pytest.mark.parametrize("turn_deg", [-8, 0, 5])
@pytest.mark.parametrize("tilt_deg", [-12, 0, 12])
def test_the_lost_side_vanishes_where_the_one_opposite_does(turn_deg, tilt_deg):
    quad = seen(turn_deg, tilt_deg)
    border = np.array([False, True, False, False])

    whole = completed(cut_at(quad, FRAME_X - 200), border, WIDTH, HEIGHT)

    assert off_the_vanishing_point_deg(whole[1], whole[2], quad) == pytest.approx(0, abs=0.05)


def test_nothing_that_was_seen_is_left_out():
    quad = cut_at(seen(6, 5), FRAME_X - 200)

    whole = completed(quad, np.array([False, True, False, False]), WIDTH, HEIGHT)

    hull = whole.astype(np.float32)
    assert all(cv2.pointPolygonTest(hull, corner.tolist(), True) > -0.01 for corner in quad)


def test_two_sides_next_to_each_other_stay_on_the_border():
    quad = cut_at(seen(6, 5), FRAME_X - 200)

    whole = completed(quad, np.array([False, True, True, False]), WIDTH, HEIGHT)

    assert whole == pytest.approx(quad, abs=0.01)
