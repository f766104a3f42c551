from __future__ import annotations

import cv2
import msgspec
import numpy as np

from station.imaging.mirrored import front_lines
from station.imaging.picture import Pixels
from station.model import Line, Quad

SIZE_PX = 40


def flags(count: int) -> np.ndarray:
    """A row of characters like F."""
    glyph = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    glyph[4:-4, 8:14] = glyph[4:10, 8:34] = glyph[18:24, 8:26] = 1
    return np.tile(glyph, count)


def written(
    *, front: int, back: int, ink: float = 0.8, bleed: float = 0.3, upset: bool = False
) -> tuple[Pixels, list[Line]]:
    """A page with lines of its own and below them lines of its back, which are mirrored.

    `upset`: they are flipped upside down instead, as columns are once they are laid level.
    """
    behind = cv2.GaussianBlur(flags(10)[::-1] if upset else flags(10)[:, ::-1], (0, 0), 2)
    sheet = np.zeros((900, 700), np.float32)
    lines = []
    for row in range(front + back):
        own, top = row < front, 60 + row * 70
        strokes = flags(10) * ink if own else behind * bleed
        sheet[top : top + SIZE_PX, 100:500] = strokes
        box = ((96.0, top - 4.0), (504.0, top - 4.0), (504.0, top + 44.0), (96.0, top + 44.0))
        lines.append(Line(text="字" * 10 if own else "宇" * 9, score=0.99 if own else 0.8, box=box))
    page = (240 * (1 - sheet)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8), lines


class FlagReader:
    """Reads characters like F, and others badly."""

    def __init__(self) -> None:
        self.strips_read = 0

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        self.strips_read += 1
        seen = cv2.resize(255 - strip[4:-4, 4:-4, 0], (400, SIZE_PX)).astype(float)
        like = np.corrcoef(seen.ravel(), flags(10).ravel())[0, 1]
        return ("字" * 10, 0.99) if like > 0.7 else ("宇" * 9, 0.6)


def test_lines_of_the_back_go_and_those_of_the_front_stay():
    page, lines = written(front=4, back=4)
    found = front_lines(lines, page, FlagReader())
    assert found.lines == tuple(lines[:4])
    assert found.mirrored == 4
    assert found.slopes
    assert found.slopes.weak < found.slopes.limit < found.slopes.strong


def test_short_words_as_blunt_as_the_back_go_with_it():
    page, lines = written(front=3, back=4)
    symmetric = Line(text="中", score=1.0, box=lines[-1].box)
    assert front_lines([*lines[:-1], symmetric], page, FlagReader()).lines == tuple(lines[:3])


def test_nothing_is_read_on_an_empty_page_with_a_strong_back():
    page, lines = written(front=0, back=6, bleed=0.7)
    assert front_lines(lines, page, FlagReader()).lines == ()


def test_faint_writing_that_reads_badly_stays_where_nothing_is_mirrored():
    page, lines = written(front=6, back=0, ink=0.08)
    doubted = [Line(text=line.text, score=0.5, box=line.box) for line in lines]
    assert front_lines(doubted, page, FlagReader()).lines == tuple(doubted)


def test_lines_that_were_surely_read_are_not_read_again():
    page, lines = written(front=6, back=0)
    reader = FlagReader()
    assert front_lines(lines, page, reader).lines == tuple(lines)
    assert reader.strips_read == 0


def test_a_page_without_lines_has_none():
    page, _ = written(front=0, back=0)
    assert front_lines([], page, FlagReader()).lines == ()


def test_a_column_of_the_back_is_told_by_a_mirror_beside_it():
    row, lines = written(front=3, back=3, upset=True)
    page = np.ascontiguousarray(np.rot90(row, 3))
    columns = [msgspec.structs.replace(line, box=stood(line.box, page.shape[1])) for line in lines]
    assert front_lines(columns, page, FlagReader()).lines == tuple(columns[:3])


def stood(box: Quad, width_px: int) -> Quad:
    """Where a line is after a quarter turn clockwise; its corners as a detector gives them."""
    (left, top), _, (right, bottom), _ = box
    near, far = width_px - bottom, width_px - top
    return (near, left), (far, left), (far, right), (near, right)
