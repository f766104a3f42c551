from __future__ import annotations

import cv2
import numpy as np
import pytest

from station.imaging.picture import Pixels
from station.imaging.seal_rim import rim_of
from station.imaging.seal_words import beside_seals, seals_read
from station.model import Line, Quad

RED, BLACK, PAPER = (48, 38, 205), (30, 30, 30), (225, 232, 236)
WORDS = "一二三四五六七八"


def sheet(height: int = 1400, width: int = 1000) -> Pixels:
    return np.full((height, width, 3), PAPER, np.uint8)


def ringed(page: Pixels, centre: tuple[int, int], *, radius: int = 120, turn_deg: int = 0) -> None:
    """An office's seal with eight marks round it, each wider than the one before."""
    cv2.circle(page, centre, radius, RED, 6, cv2.LINE_AA)
    cv2.circle(page, centre, radius // 4, RED, -1, cv2.LINE_AA)
    start = 140 + turn_deg
    for place in range(8):
        reach, wide = round(radius * 0.77), 5 + 2 * place
        cv2.ellipse(page, centre, (reach, reach), start, 0, wide, RED, radius // 5)
        start += wide + 15


class Growing:
    """Reads a strip whose marks grow wider from left to right."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        dark = np.concatenate([[0], (strip[..., 0] < 128).mean(axis=0) > 0.2, [0]]).astype(int)
        edges = np.flatnonzero(np.diff(dark))
        widths = edges[1::2] - edges[::2]
        return (WORDS, 0.99) if len(widths) == 8 and (np.diff(widths) > 0).all() else ("丁", 0.3)


class Bars:
    """Reads a strip whose four characters have one, two, three and four bars."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        counts = []
        for cell in np.array_split(strip[..., 0] < 128, 4, axis=1):
            rows = cell.mean(axis=1) > 0.5
            counts.append(int(np.count_nonzero(np.diff(rows.astype(int)) == 1)) + int(rows[0]))
        return ("王大有印", 0.95) if counts == [1, 2, 3, 4] else ("丁", 0.3)


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


@pytest.mark.parametrize("turn_deg", [0, 35, -70])
def test_the_ring_is_read_clockwise_from_its_foot_however_the_seal_was_turned(turn_deg):
    page = sheet()
    ringed(page, (500, 700), turn_deg=turn_deg)
    (line,) = seals_read(page, Growing())
    assert (line.text, line.role) == (WORDS, "seal")
    assert line.box[0][0] < 390
    assert line.box[2][0] > 610
    assert len(line.certainty) == len(WORDS)


def test_black_writing_across_a_seal_is_not_read_with_it():
    page = sheet()
    ringed(page, (500, 700))
    for top in (590, 640, 690, 740):
        page[top : top + 14, 300:800:3] = BLACK
    (line,) = seals_read(page, Growing())
    assert line.text == WORDS


def test_a_chop_is_read_column_by_column_from_the_right():
    page = sheet()
    cv2.rectangle(page, (400, 400), (520, 520), RED, 6)
    for bars, (left, top) in enumerate([(466, 414), (466, 466), (414, 414), (414, 466)], 1):
        for bar in range(bars):
            at = top + bar * 10
            page[at : at + 5, left : left + 40] = RED
    texts = [line.text for line in seals_read(page, Bars())]
    assert texts == ["王大有印"]


def test_what_cannot_be_read_is_not_said():
    page = sheet()
    ringed(page, (500, 700))
    assert seals_read(page, Bars()) == ()
    assert seals_read(sheet(), Growing()) == ()


def test_the_words_of_a_seal_are_no_text_and_those_under_it_are():
    page = sheet()
    ringed(page, (500, 700))
    page[690:714, 300:700:4] = BLACK
    page[200:214, 300:500:4] = RED
    inside = Line(text="村民", score=1.0, box=box(440, 588, 560, 625))
    under = Line(text="大王庄村", score=0.9, box=box(395, 680, 605, 724))
    apart = Line(text="文件", score=0.9, box=box(296, 196, 504, 218))
    assert beside_seals([inside, under, apart], page) == (under, apart)


def test_a_rim_is_found_beside_other_marks_and_aslant():
    paste = np.zeros((300, 420), np.uint8)
    cv2.ellipse(paste, (210, 160), (130, 112), 20, 0, 360, 255, 5)
    cv2.circle(paste, (110, 40), 38, 255, -1)
    rim = rim_of(paste)
    assert rim
    assert rim[0] == pytest.approx((210, 160), abs=3)
    assert np.sqrt(np.linalg.det(rim[1])) == pytest.approx(np.sqrt(130 * 112), rel=0.03)


def test_a_square_has_no_rim():
    paste = np.zeros((300, 300), np.uint8)
    cv2.rectangle(paste, (20, 20), (280, 280), 255, 8)
    assert rim_of(paste) is None
    assert rim_of(np.zeros((60, 60), np.uint8)) is None
