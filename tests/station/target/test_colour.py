import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import InputError
from station.target import colour

# Sharma, Wu and Dalal (2005), table 1: pairs that catch the usual mistakes.
PAIRS = (
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
)
LAB = st.tuples(st.floats(0, 100), st.floats(-100, 100), st.floats(-100, 100))


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_ciede2000_is_as_published(one, other, expected):
    told = colour.difference(np.array(one), np.array(other))

    assert told == pytest.approx(expected, abs=1e-4)


@given(LAB, LAB)
def test_a_difference_is_the_same_both_ways_and_none_from_itself(one, other):
    a, b = np.array(one), np.array(other)

    assert colour.difference(a, b) == pytest.approx(float(colour.difference(b, a)), abs=1e-6)
    assert colour.difference(a, a) == pytest.approx(0, abs=1e-9)


def test_white_is_white_and_red_is_red():
    white, red = colour.lab(colour.linear(np.array([[255.0, 255, 255], [0, 0, 255]])))

    assert white == pytest.approx((100, 0, 0), abs=0.02)
    # sRGB red in L*a*b*, D50.
    assert red == pytest.approx((54.29, 80.81, 69.89), abs=0.05)


def test_a_chart_as_its_maker_made_it_has_next_to_no_error():
    told = colour.colour_error(chart(), corners())

    # What remains is 8 bits, and a cyan that sRGB does not hold.
    assert told.mean < 0.5
    assert told.worst < 6
    assert len(told.patches) == 24


def test_a_cast_is_an_error_of_known_size():
    cast = np.clip(chart() * np.array([0.85, 1, 1]), 0, 255).astype(np.uint8)

    told = colour.colour_error(cast, corners())

    bare = codes_of(colour.CHART) * np.array([0.85, 1, 1])
    true = colour.difference(colour.lab(colour.linear(bare)), colour.CHART)
    assert told.mean == pytest.approx(float(true.mean()), abs=0.2)
    assert told.mean > 3


def test_a_chart_in_the_picture_is_found_where_it_lies():
    told = colour.colour_error(chart())

    assert told.mean < 1.0


def test_a_picture_without_a_chart_is_refused():
    with pytest.raises(InputError) as caught:
        colour.colour_error(np.full((800, 1000, 3), 200, np.uint8))

    assert "色卡" in caught.value.hint


def test_corners_outside_the_picture_are_refused():
    with pytest.raises(InputError, match="outside"):
        colour.colour_error(chart(), ((2000, 2000), (3000, 2000), (3000, 2600), (2000, 2600)))


def codes_of(lab: np.ndarray) -> np.ndarray:
    """BGR code values of L*a*b*, clipped to what sRGB holds."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, (116 * f - 16) / (24389 / 27)) * colour.D50
    light = np.clip(xyz @ np.linalg.inv(colour.TO_XYZ.T @ colour.TO_D50.T), 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * coded)[..., ::-1]


def chart() -> np.ndarray:
    """A chart on a grey desk: patches of 100 pixels, 20 between them, black around."""
    picture = np.full((900, 1100, 3), 150, np.uint8)
    picture[180 : 180 + 500, 180 : 180 + 740] = 25
    for number, code in enumerate(codes_of(colour.CHART)):
        row, column = divmod(number, colour.COLUMNS)
        top, left = 200 + 120 * row, 200 + 120 * column
        picture[top : top + 100, left : left + 100] = code
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


def corners():
    return ((250.0, 250.0), (850.0, 250.0), (850.0, 610.0), (250.0, 610.0))
