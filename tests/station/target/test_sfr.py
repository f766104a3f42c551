import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import InputError
from station.target import gauge, sfr
from tests.station.target.photographed import Shot, photograph

FINE = np.linspace(0, 1, 4001)


def falls_to(curve: np.ndarray, level: float) -> float:
    return float(FINE[np.argmax(curve < level)])


@pytest.mark.parametrize(
    "shot",
    [
        Shot(dpi=150, blur_px=0.6),
        Shot(dpi=150, blur_px=1.0, gamma=2.2, noise=2, jpeg=92),
        Shot(dpi=200, blur_px=2.0, shade=0.3),
        Shot(dpi=150, blur_px=0.8, turn_deg=14, k1=-0.05, frame=1.3),
    ],
    ids=["sharp", "noise and JPEG", "soft", "turned"],
)
def test_mtf50_and_mtf10_are_those_of_the_blur(shot: Shot, printed: np.ndarray):
    measured = gauge.measure(photograph(shot, printed))

    true = shot.mtf(FINE)
    ways = [way for place in measured.places for way in place.seen]
    assert len(ways) == 10
    # A turned edge is blurred by a pixel's aperture along its diagonal as much as along its side.
    for way in ways:
        assert way.mtf50 == pytest.approx(falls_to(true, 0.5), rel=0.05)
        assert way.mtf10 == pytest.approx(falls_to(true, 0.1), rel=0.05)
    efficiency = 100 * min(1, 2 * falls_to(true, 0.1))
    assert measured.efficiency_percent == pytest.approx(efficiency, rel=0.05)


def test_what_the_camera_sharpens_is_seen_to_rise_above_one(printed: np.ndarray):
    plain, sharpened = (
        gauge.measure(photograph(Shot(dpi=150, blur_px=0.6, sharpen=amount), printed)).highest_sfr
        for amount in (0.0, 2.0)
    )

    assert plain < 1.02
    assert sharpened > 1.15


def test_a_blur_in_one_direction_is_told_from_the_other(printed: np.ndarray):
    picture = photograph(Shot(dpi=150, blur_px=0.6), printed)
    moved = cv2.blur(picture, (5, 1))

    for place in gauge.measure(moved).places:
        assert place.across and place.down
        assert place.across.mtf50 < 0.6 * place.down.mtf50


def test_edges_along_the_pixels_tell_nothing_and_it_is_said(printed: np.ndarray):
    with pytest.raises(InputError, match="along the pixels") as caught:
        gauge.measure(photograph(Shot(dpi=120, turn_deg=-5.0), printed))

    assert "摆正" in caught.value.hint


def test_what_is_blurred_beyond_measure_is_refused(printed: np.ndarray):
    with pytest.raises(InputError) as caught:
        gauge.measure(photograph(Shot(dpi=120, blur_px=11), printed))

    assert "模糊" in caught.value.hint or "没有找到" in caught.value.hint


@given(st.floats(0.02, 0.4))
def test_the_figures_of_a_straight_response_are_where_it_crosses(end: float):
    curve = np.maximum(0, 1 - 0.5 * sfr.FREQUENCIES / end)

    told = sfr.summed_up(curve)

    assert told.mtf50 == pytest.approx(end, abs=0.001)
    assert told.mtf10 == pytest.approx(min(1.0, 1.8 * end), abs=0.001)
    assert told.efficiency_percent == pytest.approx(min(100, 360 * end), abs=0.5)
