import numpy as np
import pytest

from station.model import Quad
from station.ocr.cutting import HEIGHT_PX, WIDEST_PX, cut


def page_with_a_ramp(width: int = 400, height: int = 300) -> np.ndarray:
    """Darker to the right in blue, darker downwards in green."""
    page = np.zeros((height, width, 3), np.uint8)
    page[:, :, 0] = np.linspace(250, 0, width)[None, :]
    page[:, :, 1] = np.linspace(250, 0, height)[:, None]
    return page


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def test_a_line_keeps_its_proportion_at_the_height_of_the_recogniser() -> None:
    strip = cut(page_with_a_ramp(), box(20, 40, 320, 70))
    assert strip.shape == (HEIGHT_PX, 480, 3)
    assert strip[:, 0, 0].mean() > strip[:, -1, 0].mean()


def test_a_column_lies_on_its_side_with_its_head_to_the_left() -> None:
    strip = cut(page_with_a_ramp(), box(100, 20, 130, 280))
    assert strip.shape == (HEIGHT_PX, 416, 3)
    green = strip[:, :, 1].mean(axis=0)
    assert green[0] > green[-1]
    blue = strip[:, :, 0].mean(axis=1)
    assert blue[0] < blue[-1]


def test_a_slanted_line_is_level_once_it_is_cut() -> None:
    page = np.full((300, 400, 3), 255, np.uint8)
    slant: Quad = (50.0, 100.0), (250.0, 150.0), (242.0, 182.0), (42.0, 132.0)
    along = np.linspace(0, 1, 400)
    for share in along:
        x, y = 46 + 200 * share, 116 + 50 * share
        page[round(y), round(x)] = 0
    dark = np.argwhere(cut(page, slant)[:, 10:-10, 0] < 128)
    assert dark[:, 0].std() < 2


@pytest.mark.parametrize("height_px", [60, 150, 280])
def test_lines_of_any_height_become_as_high_as_the_recogniser_wants(height_px: int) -> None:
    strip = cut(page_with_a_ramp(), box(0, 0, 400, height_px))
    assert strip.shape[0] == HEIGHT_PX
    assert strip.dtype == np.uint8


def test_a_line_longer_than_the_recogniser_takes_is_pressed_together() -> None:
    assert cut(page_with_a_ramp(), box(0, 10, 399, 12)).shape == (HEIGHT_PX, WIDEST_PX, 3)


def test_a_box_without_extent_still_gives_a_strip() -> None:
    assert cut(page_with_a_ramp(), box(5, 5, 5, 5)).shape == (HEIGHT_PX, HEIGHT_PX, 3)
