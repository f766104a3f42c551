import cv2
import numpy as np
import pytest

from firmware_config.errors import InputError
from station.target import layout
from station.target.draw import drawn
from station.target.locate import View, located
from tests.station.target.photographed import Shot, photograph


def view_of(shot: Shot, printed: np.ndarray) -> View:
    return located(cv2.cvtColor(photograph(shot, printed), cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize(
    "shot",
    [
        Shot(dpi=150, blur_px=0.6),
        Shot(dpi=120, blur_px=1.5, noise=4, jpeg=75, gamma=2.2),
        Shot(dpi=150, tilt_x_deg=8, tilt_y_deg=-6, turn_deg=-9, frame=1.3),
        Shot(dpi=160, turn_deg=2, k1=-0.06, k2=0.02, shift_mm=(5, -4), frame=1.2),
        Shot(dpi=120, turn_deg=91, k1=0.04, shade=0.4, noise=2, frame=1.5),
    ],
    ids=["plain", "poor", "perspective", "lens", "sideways"],
)
def test_dpi_is_known_to_a_tenth_of_a_percent_and_distortion_too(shot: Shot, printed: np.ndarray):
    view = view_of(shot, printed)

    for centre in layout.SQUARES.values():
        assert np.allclose(view.dpi(centre), shot.true_dpi(centre), rtol=1e-3)
    assert abs(view.distortion_percent() - shot.true_distortion_percent()) < 0.1
    assert abs(view.turn_deg() - shot.turn_deg) < 1.0
    assert view.fiducials == 12
    assert view.off_mm < 0.05


def test_the_drawing_itself_has_the_dpi_it_was_drawn_with():
    view = located(drawn(layout.shapes(), dpi=300))

    assert np.allclose(view.dpi((105, 148)), 300, rtol=1e-3)


def test_a_print_that_came_out_too_small_is_put_right_by_its_rulers(printed: np.ndarray):
    shot = Shot(dpi=120)
    grey = cv2.cvtColor(photograph(shot, printed), cv2.COLOR_BGR2GRAY)

    view = located(grey, stretch=(0.97, 0.98))

    across, down = view.dpi((105 * 0.97, 148.5 * 0.98))
    assert np.isclose(across, 120 / 0.97, rtol=1e-3)
    assert np.isclose(down, 120 / 0.98, rtol=1e-3)


def test_fiducials_that_are_covered_cost_nothing_until_there_are_too_few(printed: np.ndarray):
    picture = photograph(Shot(dpi=120), printed)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)

    few, fewer = grey.copy(), grey.copy()
    few[:250] = 128  # the upper three
    fewer[:750] = 128  # and the next

    assert np.allclose(located(few).dpi((105, 148)), 120, rtol=1e-3)
    with pytest.raises(InputError, match="6 of 12"):
        located(fewer)


def test_half_a_target_is_no_target(printed: np.ndarray):
    grey = cv2.cvtColor(photograph(Shot(dpi=120), printed), cv2.COLOR_BGR2GRAY)

    with pytest.raises(InputError, match="of 12 fiducials") as caught:
        located(np.ascontiguousarray(grey[: grey.shape[0] // 2]))

    assert "没有拍全" in caught.value.hint


def test_a_target_cut_at_its_side_is_refused(printed: np.ndarray):
    grey = cv2.cvtColor(photograph(Shot(dpi=120), printed), cv2.COLOR_BGR2GRAY)
    left = round(Shot(dpi=120).pixels(np.array([[12.0, 148.0]]))[0, 0])

    with pytest.raises(InputError, match="cut by the frame"):
        located(np.ascontiguousarray(grey[:, left:]))


@pytest.mark.parametrize("kind", ["blank", "black", "noise", "text", "markers of another sheet"])
def test_what_is_no_target_is_said_to_be_none(kind: str):
    rng = np.random.default_rng(3)
    grey = np.full((1400, 1000), 0 if kind == "black" else 235, np.uint8)
    if kind == "noise":
        grey = rng.integers(0, 256, grey.shape, np.uint8)
    if kind == "text":
        for y in range(80, 1320, 36):
            cv2.putText(grey, "minutes of the committee 1991", (60, y), 0, 1.0, 40, 2)
    if kind == "markers of another sheet":
        dictionary = cv2.aruco.getPredefinedDictionary(layout.MARKERS)
        for number in range(12):
            x, y = 100 + 300 * (number % 3), 100 + 300 * (number // 3)
            marker = cv2.aruco.generateImageMarker(dictionary, 30 + number, 90)
            grey[y : y + 90, x : x + 90] = marker

    with pytest.raises(InputError, match="no target") as caught:
        located(grey)

    assert "没有找到靶纸" in caught.value.hint


def test_markers_in_another_order_are_not_the_target():
    grey = np.full((1400, 1000), 235, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(layout.MARKERS)
    order = np.random.default_rng(1).permutation(12)
    for place, number in enumerate(order):
        x, y = 100 + 300 * (place % 3), 100 + 300 * (place // 3)
        grey[y : y + 90, x : x + 90] = cv2.aruco.generateImageMarker(dictionary, int(number), 90)

    with pytest.raises(InputError, match="one sheet"):
        located(grey)
