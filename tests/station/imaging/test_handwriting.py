from __future__ import annotations

import cv2
import numpy as np
import pytest

from station.imaging.handwriting import hands
from station.imaging.picture import Pixels
from station.model import Line, Quad

SIZE_PX, COUNT = 46, 12


def box(row: int) -> Quad:
    top = 40.0 + row * 80
    right = 60.0 + COUNT * (SIZE_PX + 4)
    return (52, top), (right, top), (right, top + 62), (52, top + 62)


def written(*rows: bool, seed: int = 1) -> tuple[Pixels, list[Line]]:
    """A page of lines: by a hand, whose characters waver and slant, where True; else type."""
    rng = np.random.default_rng(seed)
    page = np.full((80 * len(rows) + 80, 700), 235, np.uint8)
    for row, by_hand in enumerate(rows):
        for place in range(COUNT):
            shift = rng.normal(0, 5, 2) if by_hand else np.zeros(2)
            at = np.array([56 + place * (SIZE_PX + 4), 48 + row * 80]) + shift
            for stroke in np.array([(4, 6, 42, 6), (4, 24, 42, 24), (22, 4, 22, 44)], float):
                waver = rng.normal(0, 6, 4) if by_hand else 0
                ends = np.round(stroke + waver + np.tile(at, 2)).astype(int)
                cv2.line(page, ends[:2], ends[2:], 30, 4, cv2.LINE_AA)
    lines = [
        Line(text="字" * COUNT, score=0.9 if by_hand else 0.999, box=box(row))
        for row, by_hand in enumerate(rows)
    ]
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8), lines


def flags(page: Pixels, lines: list[Line]) -> list[bool]:
    return [line.hand for line in hands(lines, page)]


def test_a_page_written_by_hand_is_told_from_one_in_type():
    page, lines = written(*[True] * 6)
    assert all(flags(page, lines))
    page, lines = written(*[False] * 6)
    assert not any(flags(page, lines))


def test_a_line_written_into_a_printed_page_does_not_make_the_page_a_hand():
    page, lines = written(False, False, True, False, False)
    assert flags(page, lines)[:2] == [False, False]


def test_nothing_else_of_a_line_is_changed():
    page, lines = written(True, True, False)
    told = hands(lines, page)
    assert [(line.text, line.score, line.box) for line in told] == [
        (line.text, line.score, line.box) for line in lines
    ]


@pytest.mark.parametrize("width", [0.0, 3.0])
def test_a_box_with_nothing_in_it_is_no_hand(width):
    page = np.full((90, 90, 3), 240, np.uint8)
    corners = ((5.0, 5.0), (5 + width, 5.0), (5 + width, 30.0), (5.0, 30.0))
    assert flags(page, [Line(text="字字字字", score=0.5, box=corners)]) == [False]


def test_a_page_without_lines_has_none():
    assert hands([], np.full((9, 9, 3), 255, np.uint8)) == ()
