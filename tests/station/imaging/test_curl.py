from functools import cache

import cv2
import numpy as np
import pytest

from station.imaging.curl import Curl
from station.imaging.straighten import straighten
from station.imaging.warp import warped
from tests.benchmarks.skew import page

WIDTH, HEIGHT = 760, 1075
FRAME = (1050, 1350)
DISTANCE = 1850.0
"""Of the lens from the plane of the page's corners, in pixels of the page."""
KNOTS = np.linspace(0, 1, 401)


@cache
def sheet(layout, seed=11):
    """A page of drawn characters with a cross at every 150 px."""
    text = page(np.random.default_rng(seed), layout)
    return cv2.resize(text, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def bulge(kind, height):
    """Heights (px) at KNOTS of the way across."""
    shape = {
        "leaf": np.sin(np.pi * KNOTS),
        "gutter": np.exp(-KNOTS / 0.2),
        "flat": 0 * KNOTS,
    }[kind]
    return height * shape


class Bent:
    """A page over a grey desk, bent about the vertical, seen from above by a pinhole."""

    def __init__(self, drawn, kind, height):
        self.drawn = drawn
        self.high, self.wide = drawn.shape
        z = bulge(kind, height)
        for _ in range(20):  # the ground that paper of this length covers
            ground = KNOTS * getattr(self, "ground_px", self.wide)
            paper = np.concatenate([[0], np.cumsum(np.hypot(np.diff(ground), np.diff(z)))])
            self.ground_px = ground[-1] * self.wide / paper[-1]
        self.z, self.paper, self.ground = z, paper, ground - ground[-1] / 2

    def seen(self, points):
        """Points of the page (n x 2), in the picture."""
        scale = DISTANCE / (DISTANCE - np.interp(points[:, 0], self.paper, self.z))
        x = np.interp(points[:, 0], self.paper, self.ground) * scale
        y = (points[:, 1] - self.high / 2) * scale
        return np.stack([x + FRAME[0] / 2, y + FRAME[1] / 2], axis=1)

    def back(self, points):
        """Points of the picture, on the page."""
        scale = DISTANCE / (DISTANCE - self.z)
        x = points[:, 0] - FRAME[0] / 2
        paper = np.interp(x, self.ground * scale, self.paper, left=-99, right=self.wide + 99)
        y = (points[:, 1] - FRAME[1] / 2) / np.interp(x, self.ground * scale, scale)
        return np.stack([paper, y + self.high / 2], axis=1)

    @property
    def quad(self):
        right, bottom = self.wide, self.high
        corners = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], float)
        return tuple(map(tuple, self.seen(corners).tolist()))

    def picture(self):
        ink = warped(self.drawn, self.back, FRAME) * 0.85
        ink[warped(np.zeros_like(self.drawn), self.back, FRAME) > 127] = 80
        grey = ink + np.random.default_rng(4).normal(0, 3, ink.shape)
        return cv2.merge([grey.clip(0, 255).astype(np.uint8)] * 3)


def row_bows_px(bent, to_page):
    """How far rows of the page are from straight lines where `to_page` puts what is seen."""
    bows = []
    for y in np.linspace(0.06, 0.94, 7) * bent.high:
        row = np.column_stack([np.linspace(0.05, 0.95, 25) * bent.wide, np.full(25, y)])
        placed = to_page(bent.seen(row))
        line = np.polyval(np.polyfit(placed[:, 0], placed[:, 1], 1), placed[:, 0])
        bows.append(np.abs(placed[:, 1] - line).max())
    return max(bows)


def flattened(points, straight):
    """Points of the picture on a page whose curl stays."""
    return cv2.perspectiveTransform(points[:, None], straight.to_page)[:, 0]


@pytest.mark.parametrize("kind", ["leaf", "gutter"])
@pytest.mark.parametrize("layout", ["lines", "table"])
def test_lines_of_a_bulging_page_become_straight(kind, layout):
    bent = Bent(sheet(layout), kind, 110.0)

    straight = straighten(bent.picture(), bent.quad)

    assert "curl" in straight.steps
    assert straight.curl.across
    before = row_bows_px(bent, lambda seen: flattened(seen, straight))
    after = row_bows_px(bent, straight.placed)
    assert after < before / 5
    assert after < 1.5


@pytest.mark.parametrize("layout", ["lines", "columns", "table", "words", "hand", "few", "mixed"])
def test_a_flat_page_is_left_as_it_is(layout):
    flat = Bent(sheet(layout, seed=23), "flat", 0.0)

    straight = straighten(flat.picture(), flat.quad)

    assert straight.curl is None
    assert "curl" not in straight.steps


def test_a_page_bent_the_other_way_is_flattened_too():
    bent = Bent(sheet("columns").T.copy(), "leaf", 60.0)
    picture = np.ascontiguousarray(bent.picture().transpose(1, 0, 2))
    corners = [corner[::-1] for corner in bent.quad]
    quad = (corners[0], corners[3], corners[2], corners[1])

    straight = straighten(picture, quad)

    assert straight.curl is not None
    assert not straight.curl.across


def test_paper_is_longer_than_its_picture():
    bent = Bent(sheet("lines"), "gutter", 110.0)

    straight = straighten(bent.picture(), bent.quad)

    high, wide = straight.image.shape[:2]
    assert wide / high == pytest.approx(WIDTH / HEIGHT, rel=0.03)


def test_a_blank_sheet_has_no_lines_to_judge_by():
    blank = Bent(np.full((HEIGHT, WIDTH), 255, np.uint8), "leaf", 60.0)

    assert straighten(blank.picture(), blank.quad).curl is None


def test_points_go_to_the_page_and_back():
    curl = Curl(across=False, shift=(0.0, 0.01, -0.02), spread=(0.03, 0.0, -0.03), distance=2.0,
                foot=0.1, bow=0.02, gain=1.2)  # fmt: skip
    points = np.random.default_rng(2).uniform(10, 690, (50, 2))

    again = curl.back(curl.forth(points, (700, 900)), (700, 900))

    assert again == pytest.approx(points, abs=0.02)
