import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.schema import Lens
from station.imaging.lens import axis_px, bent, fits, focal_px, unbent

SIZE = (1200, 900)
BARREL = Lens(aspect=4 / 3, focal_share=1.05, k1=-0.16, k2=0.03, p1=0.001, p2=-0.0008,
              centre_x=0.51, centre_y=0.49)  # fmt: skip


def frame_points(size=SIZE, count=13):
    share = np.linspace(0, 1, count)
    return np.stack(np.meshgrid(share, share), -1).reshape(-1, 2) * (np.array(size) - 1)


def small(most):
    return st.floats(-most, most)


@settings(max_examples=50, deadline=None)
@given(small(0.2), small(0.04), small(0.002), small(0.002))
def test_what_the_lens_bends_is_made_straight_to_a_hundredth_of_a_pixel(k1, k2, p1, p2):
    lens = Lens(aspect=4 / 3, focal_share=1.0, k1=k1, k2=k2, p1=p1, p2=p2)
    seen = frame_points()

    again = bent(unbent(seen, lens, SIZE), lens, SIZE)

    assert np.abs(again - seen).max() < 0.01


def test_bending_is_that_of_opencv():
    pinhole = frame_points()
    (x, y), focal = axis_px(BARREL, SIZE), focal_px(BARREL, SIZE)
    matrix = np.array([[focal, 0, x], [0, focal, y], [0, 0, 1.0]])
    rays = np.column_stack([(pinhole - (x, y)) / focal, np.ones(len(pinhole))])
    bends = np.array([BARREL.k1, BARREL.k2, BARREL.p1, BARREL.p2, BARREL.k3])

    theirs = cv2.projectPoints(rays, np.zeros(3), np.zeros(3), matrix, bends)[0][:, 0]

    assert bent(pinhole, BARREL, SIZE) == pytest.approx(theirs, abs=1e-6)


def test_a_binned_frame_is_bent_by_the_same_shares():
    points = frame_points()

    whole = (unbent(points, BARREL, SIZE) + 0.5) / 2
    halved = unbent((points + 0.5) / 2 - 0.5, BARREL, (600, 450)) + 0.5

    assert halved == pytest.approx(whole, abs=0.01)


def test_far_outside_the_frame_the_model_does_not_fold_back():
    wild = Lens(aspect=4 / 3, focal_share=0.8, k1=-0.3, k2=0.0)
    out = np.column_stack([np.linspace(600, 9000, 200), np.full(200, 450.0)])

    seen = bent(out, wild, SIZE)

    assert (np.diff(seen[:, 0]) > 0).all()


def test_a_picture_of_other_proportions_is_not_of_this_camera():
    assert fits(BARREL, (4056, 3042))
    assert not fits(BARREL, (3040, 4056))
    assert not fits(BARREL, (1920, 1080))
