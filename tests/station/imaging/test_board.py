import cv2
import numpy as np
import pytest

from firmware_config.errors import InputError
from firmware_config.schema import Lens
from station.imaging.board import A4_MM, View, board_page, calibrated, view_of
from station.imaging.lens import axis_px, bent, focal_px, unbent
from station.imaging.warp import warped

SIZE = (1400, 1050)
LENS = Lens(aspect=4 / 3, focal_share=1.05, k1=-0.17, k2=0.05, p1=0.0008, p2=-0.0005,
            centre_x=0.508, centre_y=0.493)  # fmt: skip
DPI = 100
PAGE = board_page(DPI)
LEANING = [(0, 0, 0, 0), (28, 5, 0, 0), (-28, 0, 20, 15), (0, 30, -25, -15), (0, -30, 25, -15),
           (20, 20, -25, 20), (-20, 22, 30, 22), (15, -25, -30, 0), (-25, -15, 0, -20)]  # fmt: skip
"""Tilt about x and y in degrees, and shift in percent of the page's width, of every view."""


def photographed(tilt_x_deg, tilt_y_deg, right, down, lens=LENS, depth=1.35):
    """The board held before the camera, by the pinhole and OpenCV's own distortion."""
    turn = cv2.Rodrigues(np.radians([tilt_x_deg, tilt_y_deg, 4.0]))[0]
    mm = 25.4 / DPI
    middle = np.array([[mm, 0, -A4_MM[0] / 2], [0, mm, -A4_MM[1] / 2], [0, 0, 1.0]])
    place = np.array([right / 100, down / 100, depth]) * A4_MM[0]
    focal, (x, y) = focal_px(lens, SIZE), axis_px(lens, SIZE)
    camera = np.array([[focal, 0, x], [0, focal, y], [0, 0, 1.0]])
    back = np.linalg.inv(camera @ np.column_stack([turn[:, 0], turn[:, 1], place]) @ middle)

    def board_point(points):
        seen = unbent(points, lens, SIZE)[:, None]
        return cv2.perspectiveTransform(seen, back)[:, 0]

    return cv2.GaussianBlur(warped(PAGE, board_point, SIZE), (0, 0), 0.7)


@pytest.fixture(scope="module")
def views():
    return [view for lean in LEANING if (view := view_of(photographed(*lean)))]


def test_the_lens_that_took_the_board_is_found(views):
    found = calibrated(views, SIZE)

    assert len(views) == len(LEANING)
    assert found.error_px < 0.3
    assert found.lens.focal_share == pytest.approx(LENS.focal_share, rel=0.005)
    points = np.stack(np.meshgrid(*(np.linspace(0, side - 1, 9) for side in SIZE)), -1)
    pinhole = unbent(points.reshape(-1, 2), LENS, SIZE)
    told = unbent(points.reshape(-1, 2), found.lens, SIZE)
    fitted = cv2.findHomography(told, pinhole)[0]  # another axis is another view, not a bend
    straight = cv2.perspectiveTransform(told[:, None], fitted)[:, 0]
    assert np.abs(straight - pinhole).max() < 1.0
    assert (
        np.abs(
            bent(pinhole, Lens(aspect=4 / 3, focal_share=1.05), SIZE) - points.reshape(-1, 2)
        ).max()
        > 20
    )


def test_too_few_views_are_refused_in_chinese(views):
    with pytest.raises(InputError, match="5 views") as refused:
        calibrated(views[:5], SIZE)

    assert "至少要6张" in refused.value.hint


def test_views_that_are_all_level_leave_the_focal_length_open():
    places = ((0, 0), (20, 10), (-20, 10), (20, -10), (-20, -10), (10, 20))
    level = [view_of(photographed(0, 0, *place, depth=1.3)) for place in places]

    with pytest.raises(InputError, match="hardly any view leans") as refused:
        calibrated([view for view in level if view], SIZE)

    assert "斜放" in refused.value.hint


def test_a_board_in_the_middle_only_tells_nothing_of_the_corners():
    far = [view_of(photographed(x, y, 0, 0, depth=3.2)) for x, y, *_ in LEANING]

    with pytest.raises(InputError, match="of the frame only"):
        calibrated([view for view in far if view], SIZE)


def test_corners_that_do_not_agree_are_refused(views):
    rng = np.random.default_rng(3)
    shaken = [
        View(
            board_mm=view.board_mm,
            picture_px=view.picture_px + rng.normal(0, 2, view.picture_px.shape).astype(np.float32),
        )
        for view in views
    ]

    with pytest.raises(InputError, match="px off"):
        calibrated(shaken, SIZE)


def test_a_picture_without_a_board_is_no_view():
    assert view_of(np.full((300, 400), 200, np.uint8)) is None
