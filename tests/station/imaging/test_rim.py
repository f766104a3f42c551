from __future__ import annotations

import cv2
import numpy as np
import pytest

from station.imaging.rim import learned_rim, motion
from station.model import Quad

WIDTH, HEIGHT = 320, 240
SHEET: Quad = ((60.0, 50.0), (260.0, 50.0), (260.0, 190.0), (60.0, 190.0))


def texture(sigma_x: float = 3.0, sigma_y: float = 3.0) -> np.ndarray:
    noise = np.random.default_rng(3).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y)
    return 110 + 22 * smooth / smooth.std()


def seen(texture: np.ndarray, *, x: float = 0, y: float = 0, turn_deg: float = 0, scale: float = 1):
    """The texture moved about its middle, in other light, with noise and a sheet."""
    about = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), -turn_deg, scale)
    about[:, 2] += (x, y)
    moved = cv2.warpAffine(texture, about, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101)
    lit = moved * np.linspace(0.8, 1.1, WIDTH)[None] + np.random.default_rng(5).normal(
        0, 1, moved.shape
    )
    cv2.fillPoly(lit, [np.array(SHEET, np.int32)], (230.0,))
    return lit.clip(0, 255).astype(np.uint8)


@pytest.fixture
def rim() -> tuple[np.ndarray, np.ndarray]:
    return learned_rim([seen(texture())] * 3, [SHEET], 1)


@pytest.mark.parametrize(
    ("x", "y", "turn_deg", "scale"),
    [(0, 0, 0, 1), (1.5, -0.5, 0, 1), (0, 0, 0.6, 1), (0, 0, 0, 1.01), (3, 2, -0.4, 0.995)],
)
def test_a_shift_a_turn_and_a_scale_are_measured_in_any_light(rim, x, y, turn_deg, scale):
    moved = seen(texture(), x=x, y=y, turn_deg=turn_deg, scale=scale)
    told = motion(*rim, moved, SHEET, 1)
    assert told is not None
    assert (told.x, told.y) == pytest.approx((x, y), abs=0.15)
    assert told.turn_deg == pytest.approx(turn_deg, abs=0.08)
    assert told.scale == pytest.approx(scale, abs=0.002)
    assert told.least <= np.hypot(x, y) <= told.most


def test_a_rim_of_even_colour_tells_nothing():
    flat = np.full((HEIGHT, WIDTH), 120, np.uint8)
    picture, mask = learned_rim([flat] * 3, [SHEET], 1)
    assert motion(picture, mask, flat, None, 1) is None


def test_planks_tell_of_no_shift_along_them():
    planks = texture(sigma_x=400, sigma_y=2)
    picture, mask = learned_rim([seen(planks)] * 3, [SHEET], 1)
    told = motion(picture, mask, seen(planks, x=4.0), SHEET, 1)
    assert told is None or (told.least < 0.5 and told.most == np.inf)


def test_something_else_around_the_sheet_tells_nothing(rim):
    other = np.ascontiguousarray(seen(texture())[::-1, ::-1])
    assert motion(*rim, other, SHEET, 1) is None


def test_what_changes_between_frames_is_no_rim():
    still = seen(texture())
    pictures = []
    for level in (20, 120, 220):
        with_hand = still.copy()
        with_hand[:20, :60] = level
        pictures.append(with_hand)
    _, mask = learned_rim(pictures, [SHEET], 1)
    assert not mask[5:15, 5:50].any()
    assert not mask[60:180, 70:250].any()
    assert mask[200:235, 10:300].any()
