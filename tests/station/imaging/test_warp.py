import cv2
import numpy as np
import pytest

from firmware_config.schema import Lens
from station.imaging.lens import bent
from station.imaging.warp import STEP_PX, warped

RNG = np.random.default_rng(5)
SMOOTH = cv2.GaussianBlur(RNG.integers(0, 255, (600, 800, 3), dtype=np.uint8), (0, 0), 2)
MATRIX = np.array([[0.93, 0.06, -20.0], [-0.05, 1.02, 11.0], [4e-5, -6e-5, 1.0]])


def through(matrix):
    return lambda points: cv2.perspectiveTransform(points[:, None], matrix)[:, 0]


@pytest.mark.parametrize("size", [(800, 600), (777, 533), (33, 17), (16, 1), (1, 400)])
def test_a_perspective_is_what_opencv_makes_of_it(size):
    ours = warped(SMOOTH, through(np.linalg.inv(MATRIX)), size)

    theirs = cv2.warpPerspective(SMOOTH, MATRIX, size, borderValue=(255, 255, 255))
    assert ours.shape == theirs.shape
    difference = np.abs(ours.astype(int) - theirs)
    assert difference.mean() < 0.1
    assert np.percentile(difference, 99) <= 2


def test_grey_pictures_stay_grey_and_the_outside_is_white():
    grey = np.full((100, 120), 90, np.uint8)

    shifted = warped(grey, lambda points: points - 50, (120, 100))

    assert shifted.shape == (100, 120)
    assert (shifted[:48] == 255).all()
    assert (shifted[52:, 52:] == 90).all()


def test_places_that_do_not_exist_are_white():
    nowhere = warped(SMOOTH, lambda points: np.full_like(points, np.nan), (64, 64))

    assert (nowhere == 255).all()


def test_a_lens_is_followed_to_a_tenth_of_a_pixel_between_the_nodes():
    lens = Lens(aspect=4 / 3, focal_share=0.9, k1=-0.2, k2=0.05)
    size = (1600, 1200)

    def error_px(step):
        x = np.arange(0, size[0], step, dtype=float)
        nodes = bent(np.column_stack([x, np.full_like(x, 30.0)]), lens, size)
        between = bent(np.column_stack([x[:-1] + step / 2, np.full_like(x[:-1], 30.0)]), lens, size)
        return np.abs((nodes[1:] + nodes[:-1]) / 2 - between).max()

    assert error_px(STEP_PX) < 0.1
    assert error_px(16 * STEP_PX) > 0.1
