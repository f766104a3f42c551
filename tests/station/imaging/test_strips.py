import numpy as np
import pytest

from station.imaging.strips import LONGEST, restacked, strips_at


def page_with(*boxes):
    """A white page with a dark bar in each box of left, top, right, bottom; and their corners."""
    page = np.full((900, 700, 3), 240, np.uint8)
    for left, top, right, bottom in boxes:
        page[top:bottom, left:right] = 30
    corners = [((x, y), (u, y), (u, v), (x, v)) for x, y, u, v in boxes]
    return page, corners


def test_the_longest_lines_come_first_and_none_that_may_run_either_way():
    page, boxes = page_with((50, 50, 200, 80), (50, 100, 350, 130), (50, 200, 90, 230))
    strips = strips_at(page, boxes, 8)
    assert [strip.pixels.shape[:2] for strip in strips] == [(30, 300), (30, 150)]
    assert len(strips_at(page, boxes, 1)) == 1


def test_a_column_is_laid_with_its_head_to_the_left():
    page, boxes = page_with((300, 100, 330, 300))
    page[100:120, 300:330] = 200
    [strip] = strips_at(page, boxes, 8)
    assert strip.tall
    assert strip.pixels[:, :15].mean() > 150 > strip.pixels[:, 40:].mean()


@pytest.mark.parametrize("begun", range(4))
def test_a_column_is_a_column_wherever_its_corners_begin(begun):
    page, [box] = page_with((300, 100, 330, 300))
    [strip] = strips_at(page, [(*box[begun:], *box[:begun])], 8)
    assert strip.tall
    assert strip.pixels.shape[:2] == (30, 200)


def test_a_long_line_is_cut_short_and_quick_to_read():
    page, boxes = page_with((50, 50, 650, 80))
    [strip] = strips_at(page, boxes, 8)
    assert strip.pixels.shape[1] == LONGEST * strip.pixels.shape[0]


def heads(strip) -> int:
    """Bars that stand across the strip."""
    paper = np.median(strip)
    bars = (np.abs(strip[:, :, 0] - paper) > 100).mean(axis=0) > 0.6
    return int(np.count_nonzero(np.diff(bars.astype(int)) == 1))


@pytest.mark.parametrize(("paper", "ink"), [(240, 20), (20, 240)])
def test_characters_are_turned_each_in_its_place_be_they_dark_or_light(paper, ink):
    strip = np.full((40, 160, 3), paper, np.uint8)
    for left in range(4, 160, 40):
        strip[4:12, left : left + 32] = ink  # a bar on top of every character
    turned = restacked(strip, 1)
    assert turned.shape[0] == 40
    assert heads(turned) == 4
