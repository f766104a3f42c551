from __future__ import annotations

import cv2
import numpy as np
import pytest

from firmware_config.errors import ConfigError, InputError
from station.imaging.cradle import (
    Cradle,
    agrees,
    decoded,
    encoded,
    learned,
    look,
    moved_together,
)
from station.imaging.find import Finding
from station.imaging.page import dress
from station.imaging.settle import laid, settled
from station.imaging.spread import Spread
from station.imaging.stand import Stand
from station.model import Quad

WIDTH, HEIGHT = 1000, 1300
SHEET: Quad = ((150.0, 140.0), (860.0, 145.0), (855.0, 1150.0), (155.0, 1145.0))
NOTHING = Finding(kind="none")


def desk() -> np.ndarray:
    """A board with blotches, the same every time."""
    rng = np.random.default_rng(7)
    blotches = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 9)
    return 90 + 25 * blotches / blotches.std()


def frame(
    seed: int, *, shift: tuple[float, float] = (0, 0), sheet: Quad = SHEET, paper: float = 215
) -> np.ndarray:
    """The cradle with a written sheet in it, seen by a camera that stands `shift` px aside."""
    rng = np.random.default_rng(seed)
    grey = desk()
    cv2.fillPoly(grey, [np.array(sheet, np.int32)], (paper,))
    for y in range(260, 1000, 40):
        for x in range(230, int(rng.integers(300, 780)), 26):
            cv2.rectangle(grey, (x, y), (x + 16, y + 18), (60.0,), -1)
    moved = cv2.warpAffine(
        grey, np.array([[1, 0, shift[0]], [0, 1, shift[1]]], float), (WIDTH, HEIGHT),
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    noisy = np.clip(moved + rng.normal(0, 2, grey.shape), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(cv2.cvtColor(noisy, cv2.COLOR_GRAY2BGR))


def sure(dx: float = 0.0, sheet: Quad = SHEET) -> Finding:
    a, b, c, d = ((x + dx, y) for x, y in sheet)
    return Finding(kind="sheet", quad=(a, b, c, d), confidence=0.95)


@pytest.fixture(scope="module")
def cradle() -> Cradle:
    looks = [look(frame(seed), sure(seed - 2.0)) for seed in range(5)]
    return learned(looks, sheet_mm=(210, 297))


def test_the_middle_of_five_sheets_is_learned(cradle: Cradle):
    assert np.array(cradle.quad) == pytest.approx(np.array(SHEET))
    assert cradle.frames == 5
    assert cradle.scatter_px == pytest.approx(1.0)


def test_the_sheet_of_known_size_tells_the_resolution(cradle: Cradle):
    assert cradle.dpi == pytest.approx(705 / 210 * 25.4, rel=0.02)


def test_frames_that_show_too_few_sheets_teach_nothing():
    looks = [look(frame(0), sure()) for _ in range(4)] + [look(frame(0), NOTHING)] * 6
    with pytest.raises(InputError, match="4 frames") as refused:
        learned(looks)
    assert "至少要5张" in refused.value.hint


def test_sheets_that_lie_all_over_the_frame_teach_nothing():
    with pytest.raises(InputError):
        learned([look(frame(0), sure(60.0 * step)) for step in range(-3, 4)])


def test_one_sheet_of_another_size_is_left_out():
    other: Quad = ((150, 140), (860, 145), (858, 600), (152, 600))
    looks = [look(frame(0), sure()) for _ in range(5)] + [look(frame(0), sure(sheet=other))]
    found = learned(looks)
    assert found.frames == 5
    assert np.array(found.quad) == pytest.approx(np.array(SHEET))


def test_a_cradle_of_books_knows_their_gutter():
    page: Quad = ((0, 0), (1, 0), (1, 1), (0, 1))
    book = Spread(gutter=((505, 140), (503, 1150)), confidence=0.9, pages=(page, page))
    found = learned([look(frame(0), sure(), book)] * 5, sheet_mm=(130, 185))
    assert found.gutter == ((505, 140), (503, 1150))
    assert found.px_per_mm == pytest.approx(np.sqrt(705 * 1005 / (2 * 130 * 185)), rel=0.02)


def test_what_was_learned_is_read_back_from_its_json(cradle: Cradle):
    assert decoded(encoded(cradle)) == cradle


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"quad": 1}'])
def test_a_damaged_file_is_a_wrong_configuration(data: bytes):
    with pytest.raises(ConfigError, match="not a cradle"):
        decoded(data)


def test_another_document_in_the_same_place_agrees(cradle: Cradle):
    told = agrees(cradle, sure(), frame(99))
    assert told.by == "rim"
    assert not told.moved
    assert told.shift_px < 0.5


@pytest.mark.parametrize("shift", [(9.0, 0.0), (-6.0, 8.0), (25.0, -20.0)])
def test_a_camera_that_was_pushed_is_told_by_the_rim(cradle: Cradle, shift: tuple[float, float]):
    told = agrees(cradle, sure(shift[0]), frame(99, shift=shift))
    assert told.by == "rim"
    assert told.moved
    assert told.shift_px == pytest.approx(np.hypot(*shift), abs=1.0)


def test_a_sheet_laid_aside_is_no_moved_cradle(cradle: Cradle):
    aside: Quad = tuple((x + 20, y) for x, y in SHEET)
    told = agrees(cradle, sure(20.0), frame(99, sheet=aside))
    assert not told.moved


def test_a_frame_of_another_size_cannot_be_compared(cradle: Cradle):
    told = agrees(cradle, NOTHING, frame(99)[:600].copy())
    assert told.by == "nothing"
    assert not told.moved


def test_sheets_tell_of_a_move_only_when_several_agree(cradle: Cradle):
    plain = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    told = [agrees(cradle, sure(14.0 + step), plain) for step in range(5)]
    assert {agreement.by for agreement in told} == {"sheet"}
    assert moved_together(cradle, told)
    assert not moved_together(cradle, told[:4])
    scattered = [agrees(cradle, sure(dx), plain) for dx in (14, -30, 2, 40, -9)]
    assert not moved_together(cradle, scattered)


def test_a_doubtful_sheet_becomes_the_learned_one_laid_on_its_edges(cradle: Cradle):
    aside: Quad = tuple((x + 5, y - 3) for x, y in SHEET)
    found = settled(Finding(kind="whole", confidence=0.9), cradle, frame(3, sheet=aside, paper=150))
    assert found.kind == "sheet"
    assert found.confidence > 0.5
    assert np.array(found.quad) == pytest.approx(np.array(aside), abs=2.0)


def test_a_sheet_that_was_surely_found_wins_whatever_its_size(cradle: Cradle):
    finding = sure(sheet=((300, 300), (700, 300), (700, 600), (300, 600)))
    assert settled(finding, cradle, frame(3)) == finding


def test_an_empty_cradle_holds_no_sheet(cradle: Cradle):
    bare = np.ascontiguousarray(np.stack([desk().clip(0, 255).astype(np.uint8)] * 3, axis=2))
    whole = Finding(kind="whole", confidence=0.8)
    assert settled(NOTHING, cradle, bare) == NOTHING
    assert settled(whole, cradle, bare) == whole


def test_a_cradle_that_has_moved_settles_nothing(cradle: Cradle):
    doubtful = Finding(kind="whole", confidence=0.8)
    assert settled(doubtful, cradle, frame(3, shift=(9, 0))) == doubtful


def test_without_a_cradle_a_finding_stays_what_it_is():
    assert settled(NOTHING, None, frame(0)) == NOTHING


def test_sides_with_nothing_near_stay_where_they_are():
    plain = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    corners = np.array(SHEET, np.float32)
    assert laid(plain, corners) == pytest.approx(corners, abs=8.0)


@pytest.mark.parametrize(("shift", "told"), [((0, 0), False), ((12, 9), True)])
def test_every_page_under_a_camera_that_was_pushed_says_so(cradle, shift, told):
    (page,) = dress(frame(31, shift=shift), Stand(cradle=cradle))
    assert ("cradle-moved" in page.quality.reasons) is told
