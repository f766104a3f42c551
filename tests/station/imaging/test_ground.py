"""A scanner's black is told from a dark desk."""

import numpy as np
import pytest

from station.imaging.edges import scene
from station.imaging.find import find
from station.imaging.ground import scanner_black, share_of_page
from tests.station.imaging.test_find import blank_desk, laid, written_page

OVER_THE_EDGE = np.array([[60, -60], [560, 0], [500, 560], [0, 500]], float)


def scan(black=0):
    """A page on a scanner's glass, turned and pushed over its edge."""
    return laid(written_page(), OVER_THE_EDGE, np.full((640, 640, 3), black, np.uint8))


@pytest.mark.parametrize("black", [0, 4, 9])
def test_black_without_grain_is_a_scanners(black):
    seen = scene(scan(black), 1)

    share = scanner_black(seen).mean()

    assert 0.2 < share < 0.5
    assert share_of_page(seen) > 0.9


@pytest.mark.parametrize("level", [14, 25, 40, 120])
def test_a_desk_is_never_a_scanners_black(level):
    desk = blank_desk(640, 640, colour=(level, level, level))

    assert not scanner_black(scene(laid(written_page(), OVER_THE_EDGE, desk), 1)).any()


def test_a_black_frame_is_no_scan():
    assert not scanner_black(scene(np.zeros((640, 640, 3), np.uint8), 1)).any()


def test_a_scan_that_goes_over_the_glass_is_kept_whole():
    finding = find(scan())

    assert finding.kind == "whole"
    assert not finding.cut


def test_a_page_wholly_on_the_glass_is_cut_out_of_the_black():
    quad = OVER_THE_EDGE * 0.8 + 100

    finding = find(laid(written_page(), quad, np.zeros((700, 700, 3), np.uint8)))

    assert finding.kind == "sheet"
    assert np.abs(np.array(finding.quad) - quad).max() < 3
