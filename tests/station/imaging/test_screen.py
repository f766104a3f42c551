"""A display is told from paper by the ripple of its coloured pixels."""

import numpy as np
import pytest

from station.imaging.find import find
from station.imaging.screen import is_display
from tests.station.imaging.test_find import UPRIGHT, blank_desk, laid, written_page

FRAME = np.array([[0, 0], [900, 0], [900, 1200], [0, 1200]], np.float32)


def rippled(picture, pitch_px, strength=25.0):
    """The picture with stripes of red, green and blue, `pitch_px` wide together."""
    across = np.arange(picture.shape[1])[:, None] / pitch_px + np.array([0, 1, 2]) / 3
    stripes = strength * np.cos(2 * np.pi * across)
    return np.clip(picture + stripes[None], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("pitch_px", [3.1, 7.5, 15.0])
def test_a_page_in_coloured_stripes_is_a_display(pitch_px):
    page = written_page(900, 1200, paper=(190, 200, 205))

    assert is_display(rippled(page, pitch_px), FRAME)


def test_a_written_page_is_no_display():
    page = written_page(900, 1200)
    page[::40] = (60, 60, 200)

    assert not is_display(page, FRAME)


def test_a_quad_outside_the_frame_is_no_display():
    assert not is_display(written_page(900, 1200), FRAME + 5000)


def test_no_page_is_found_where_a_display_stands():
    picture = laid(rippled(written_page(paper=(190, 200, 205)), 9.0), UPRIGHT, blank_desk())

    finding = find(picture)

    assert finding.kind == "none"
    assert finding.confidence >= 0.85
