import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from firmware_config.schema import Ocr
from station.imaging.orientation import SURE, turned_back, upright
from station.imaging.picture import Pixels
from station.model import Quad
from station.ocr import weights
from tests.pages import fonts
from tests.pages.invent import invented
from tests.pages.render import render

SIZE_PX = 32


def page(*, columns: bool) -> Pixels:
    """Characters like T, whose head tells which way up they stand, in rows or in columns."""
    sheet = np.full((900, 700), 245, np.uint8)
    character = np.full((SIZE_PX, SIZE_PX), 245, np.uint8)
    character[2:12] = 20
    character[12:-2, 14:18] = 20
    across, down = (60, 38) if columns else (38, 60)
    for y in range(80, 820, down):
        for x in range(80, 620, across):
            sheet[y : y + SIZE_PX, x : x + SIZE_PX] = character
    return np.asarray(cv2.cvtColor(sheet, cv2.COLOR_GRAY2BGR), np.uint8)


class TeeReader:
    """Reads T upright and on its back, head left, as the real recogniser does."""

    def __init__(self) -> None:
        self.strips_read = 0

    def boxes(self, image: Pixels, side_px: int) -> list[Quad]:
        """Ink that runs together, as it does along a line sooner than across lines."""
        ink = np.asarray(image[:, :, 0] < 128, np.uint8)
        closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
        lines = cv2.connectedComponentsWithStats(closed)[2][1:, :4].tolist()
        corners = [(x, y, x + w, y + h) for x, y, w, h in lines if min(w, h) > 1]
        return [((x, y), (u, y), (u, v), (x, v)) for x, y, u, v in corners]

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        self.strips_read += 1
        dark = strip[:, :, 0] < 128
        height, width = dark.shape
        lines = dark.mean(axis=1)
        standing = lines[: height // 2].max() > 0.7 > lines[height // 2 :].max()
        heads, stems = self._heads_and_what_follows(dark)
        on_its_back = heads > 2 and stems > heads / 2
        return ("字" * round(width / height), 0.98) if standing or on_its_back else ("一", 0.6)

    def _heads_and_what_follows(self, dark) -> tuple[int, int]:
        """Thick bars across the strip, and how many have ink to their right."""
        full = np.concatenate([[0], dark.mean(axis=0) > 0.6, [0]]).astype(int)
        starts, ends = (np.flatnonzero(np.diff(full) == step) for step in (1, -1))
        thick = ends[ends - starts > 0.18 * len(dark)]
        beside = np.minimum(thick + 2, dark.shape[1] - 1)
        return len(thick), int(dark[:, beside].any(axis=0).sum())


class Dumb(TeeReader):
    """Sees lines and reads nothing."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        return "", 0.0


class Farsighted(TeeReader):
    """Sees lines from near only."""

    def boxes(self, image: Pixels, side_px: int) -> list[Quad]:
        return super().boxes(image, side_px) if side_px > 800 else []


class Guessing(TeeReader):
    """Reads as much as TeeReader, but never surely: so blur and pictures are read."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        text, score = super().read_strip(strip)
        return text, 0.55 * score


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("deg", [0, 90, 180, 270])
def test_a_page_is_told_from_the_same_page_turned(columns, deg):
    lying = np.ascontiguousarray(np.rot90(page(columns=columns), -deg // 90))
    turn = upright(lying, TeeReader())
    assert turn.deg == deg
    assert turn.confidence >= SURE


def test_a_page_that_reads_well_as_it_lies_costs_few_strips():
    reader = TeeReader()
    upright(page(columns=False), reader)
    assert reader.strips_read <= 9


@pytest.mark.parametrize("deg", [0, 90, 180, 270])
def test_lines_that_are_not_seen_at_first_are_looked_for_again(deg):
    lying = np.ascontiguousarray(np.rot90(page(columns=False), -deg // 90))
    assert upright(lying, Farsighted()).deg == deg


@pytest.mark.parametrize("reader", [Dumb(), Guessing()])
def test_what_nobody_can_read_stays_as_it_lies(reader):
    turn = upright(np.ascontiguousarray(np.rot90(page(columns=False), 2)), reader)
    assert (turn.deg, turn.confidence) == (0, 0.0)


@pytest.mark.parametrize("deg", [0, 90, 180, 270])
def test_a_turn_is_undone(deg):
    first = page(columns=False)
    lying = np.ascontiguousarray(np.rot90(first, -deg // 90))
    assert np.array_equal(turned_back(lying, deg), first)


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)),
            st.tuples(st.just(17), st.integers(100, 200), st.just(3)),
        ),
    )
)
def test_any_picture_has_an_answer(image):
    turn = upright(image, TeeReader())
    assert turn.deg in (0, 90, 180, 270)
    assert 0 <= turn.confidence <= 1


@pytest.mark.ocr
def test_the_real_reader_tells_chinese_pages_turned_four_ways():
    if not (weights.default_folder() / weights.SET).is_dir():
        pytest.skip("OCR weights are absent: run `station models install`")
    if fonts.absent():
        pytest.skip(fonts.absent())
    from station.ocr.paddle import PaddleEngine

    engine = PaddleEngine(Ocr(driver="paddle"))
    for genre, deg in (("notice", 0), ("notice", 180), ("deed", 0), ("deed", 90)):
        sheet = render(invented(genre, 3), seed=3).pixels()
        small = cv2.resize(sheet, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
        assert upright(np.ascontiguousarray(np.rot90(small, -deg // 90)), engine).deg == deg
