"""Two sheets in one quad: a gap between them is told from the gutter of a book."""

from __future__ import annotations

import numpy as np
import pytest

from station.imaging.edges import at_working_size, scene
from station.imaging.find import find
from station.imaging.pair import parted
from tests.station.imaging.test_find import blank_desk, laid, overlap, written_page

YELLOWED = (190, 222, 232)
LEFT = np.array([[60, 200], [560, 205], [555, 900], [58, 895]], float)
BOOK = np.array([[90, 200], [1110, 210], [1100, 880], [95, 870]], float)


def parted_in(picture, quad):
    small, factor = at_working_size(picture)
    return parted(scene(small, factor), ((quad + 0.5) / factor - 0.5).astype(np.float32))


def pair(desk, paper, gap_px):
    """Two sheets side by side, and the quad around both."""
    right = LEFT + np.array([500 + gap_px, 4])
    picture = laid(written_page(paper=paper), LEFT, blank_desk(1200, 1250, colour=desk))
    around = np.array([LEFT[0], right[1], right[2], LEFT[3]])
    return laid(written_page(paper=paper), right, picture), right, around


def book(gutter_px, deep=0.6):
    spread = np.hstack([written_page(), written_page()]).astype(float)
    shade = np.exp(-np.abs(np.arange(1400) - 700) / gutter_px)
    return laid((spread * (1 - deep * shade[:, None])).astype(np.uint8), BOOK, blank_desk())


@pytest.mark.parametrize("desk", [(70, 85, 95), (215, 215, 215), (236, 236, 236)])
def test_desk_between_two_sheets_is_a_gap_on_any_desk(desk):
    picture, _, around = pair(desk, YELLOWED, 45)

    assert parted_in(picture, around)


@pytest.mark.parametrize("gutter_px", [25, 40, 60])
def test_the_gutter_of_a_book_is_no_gap_though_it_is_as_dark_as_the_desk(gutter_px):
    assert not parted_in(book(gutter_px), BOOK)


def test_a_sheet_alone_has_no_gap():
    desk = blank_desk(1200, 1250)

    assert not parted_in(laid(written_page(), LEFT, desk), LEFT)


def test_two_yellowed_sheets_close_together_on_a_pale_desk_are_two():
    picture, right, _ = pair((225, 225, 225), YELLOWED, 40)

    finding = find(picture)

    assert finding.others == 1
    assert max(overlap(finding.quad, quad, 1250, 1200) for quad in (LEFT, right)) > 0.9
