"""Finding the sheet: drawn desks with known corners, and real pictures where they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.schema import Imaging
from station.imaging.find import Finding, find
from tests.pages.sets import benchmark, write

SHARED = Path(os.environ.get("STATION_SHARED", Path(__file__).parents[3] / "../shared"))
PICTURES = SHARED / "images"

DESK = (70, 85, 95)
PAPER = (225, 235, 238)
INK = (60, 55, 50)
UPRIGHT = np.array([[260, 150], [940, 165], [960, 1060], [240, 1040]], float)


def blank_desk(width=1200, height=1200, colour=DESK, seed=0):
    grain = np.random.default_rng(seed).normal(0, 4, (height, width, 1))
    return np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)


def written_page(width=700, height=900, paper=PAPER, photo=False):
    page = np.full((height, width, 3), paper, np.uint8)
    for row, y in enumerate(range(80, height - 80, 26)):
        for x in range(60, width - 60 - 90 * (row % 3), 16):
            cv2.line(page, (x, y), (x + 9, y + (x * 7 + row * 3) % 9), INK, 2)
    if photo:
        tones = np.random.default_rng(1).normal(90, 35, (6, 5)).clip(0, 160).astype(np.uint8)
        picture = cv2.resize(tones, (width - 140, height // 2), interpolation=cv2.INTER_CUBIC)
        page[200 : 200 + height // 2, 70 : width - 70] = picture[:, :, None]
    return page


def laid(page, quad, desk):
    """The desk with the page laid on it, its corners at `quad`."""
    height, width = page.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    pose = cv2.getPerspectiveTransform(flat, np.asarray(quad, np.float32))
    size = desk.shape[1::-1]
    seen = cv2.warpPerspective(page, pose, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), pose, size)[:, :, None]
    mixed = seen.astype(int) * mask + desk.astype(int) * (255 - mask)
    return cv2.GaussianBlur((mixed // 255).astype(np.uint8), (0, 0), 0.8)


def turned(quad, degrees):
    middle = np.asarray(quad).mean(axis=0)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return (np.asarray(quad) - middle) @ np.array([[cosine, sine], [-sine, cosine]]) + middle


def overlap(one, other, width, height):
    """Intersection over union of two quads, both clipped to the frame, counted on pixels."""
    scale = 800 / max(width, height)
    parts = []
    for quad in (one, other):
        part = np.zeros((round(height * scale) + 1, round(width * scale) + 1), np.uint8)
        points = np.round(np.asarray(quad) * scale * 16).astype(np.int32)
        parts.append(cv2.fillPoly(part, [points], 1, cv2.LINE_8, 4) > 0)
    return (parts[0] & parts[1]).sum() / (parts[0] | parts[1]).sum()


def corner_error_px(finding, quad):
    return np.abs(np.array(finding.quad) - quad).max()


def test_a_page_on_a_desk_is_found_to_a_pixel():
    finding = find(laid(written_page(), UPRIGHT, blank_desk()))

    assert finding.kind == "sheet"
    assert finding.confidence > 0.8
    assert not finding.cut
    assert corner_error_px(finding, UPRIGHT) < 1.5


@pytest.mark.parametrize("degrees", [-40, -20, -5, 5, 20, 40])
def test_corners_keep_the_order_of_the_page_when_it_is_turned(degrees):
    quad = turned(UPRIGHT * 0.7 + 180, degrees)

    finding = find(laid(written_page(), quad, blank_desk()))

    assert corner_error_px(finding, quad) < 2


def test_a_photograph_printed_in_the_page_does_not_win_over_the_page():
    finding = find(laid(written_page(photo=True), UPRIGHT, blank_desk()))

    assert corner_error_px(finding, UPRIGHT) < 2


def test_a_page_darker_than_its_desk_is_found():
    page = written_page(paper=(130, 165, 190))

    finding = find(laid(page, UPRIGHT, blank_desk(colour=(235, 235, 235))))

    assert finding.confidence >= 0.5
    assert corner_error_px(finding, UPRIGHT) < 2


def test_a_spread_of_two_pages_is_one_sheet():
    spread = np.hstack([written_page(), written_page()]).astype(float)
    gutter = np.exp(-np.abs(np.arange(1400) - 700) / 25)
    quad = np.array([[90, 200], [1110, 210], [1100, 880], [95, 870]], float)

    finding = find(
        laid((spread * (1 - 0.6 * gutter[:, None])).astype(np.uint8), quad, blank_desk())
    )

    assert overlap(finding.quad, quad, 1200, 1200) > 0.97


def test_a_finger_over_the_edge_does_not_move_the_edge():
    picture = laid(written_page(), UPRIGHT, blank_desk())
    cv2.line(picture, (1200, 640), (900, 600), (120, 150, 200), 60, cv2.LINE_AA)

    finding = find(picture)

    assert corner_error_px(finding, UPRIGHT) < 3


def test_a_page_that_runs_over_the_border_is_said_to_be_cut():
    quad = UPRIGHT + np.array([0, 250])

    finding = find(laid(written_page(), quad, blank_desk()))

    assert finding.kind == "sheet"
    assert finding.cut
    assert overlap(finding.quad, quad, 1200, 1200) > 0.95


def test_a_colour_edge_without_a_light_edge_is_seen():
    desk, paper = (150, 190, 120), (165, 165, 180)

    finding = find(laid(written_page(paper=paper), UPRIGHT, blank_desk(colour=desk)))

    assert corner_error_px(finding, UPRIGHT) < 3


def test_the_corners_of_a_sheet_with_bowed_sides_are_found():
    flat = laid(written_page(), UPRIGHT, blank_desk())
    y, x = np.mgrid[0:1200, 0:1200].astype(np.float32)
    bowed = cv2.remap(flat, x, y + 18 * np.sin(np.pi * (x - 250) / 700), cv2.INTER_LINEAR)

    finding = find(bowed)

    assert finding.confidence >= 0.5
    assert corner_error_px(finding, UPRIGHT) < 6


def test_two_letters_side_by_side_are_not_one_sheet():
    left = np.array([[60, 200], [560, 210], [550, 900], [55, 890]], float)
    right = left + np.array([590, 15])
    desk = laid(written_page(), left, blank_desk(1200, 1250))

    finding = find(laid(written_page(), right, desk))

    assert finding.others == 1
    assert max(overlap(finding.quad, quad, 1250, 1200) for quad in (left, right)) > 0.95


def test_a_short_exposure_hides_no_sheet():
    lit = laid(written_page(paper=(200, 205, 210)), UPRIGHT, blank_desk(colour=(150, 160, 165)))

    finding = find((lit * 0.2).astype(np.uint8))

    assert finding.kind == "sheet"
    assert corner_error_px(finding, UPRIGHT) < 3


def test_one_sheet_has_no_others_beside_it():
    assert find(laid(written_page(), UPRIGHT, blank_desk())).others == 0


def test_five_slips_are_several():
    picture = blank_desk(1200, 1600)
    for x, y in ((60, 60), (600, 90), (1130, 60), (300, 680), (900, 650)):
        slip = np.array([[x, y], [x + 400, y], [x + 400, y + 480], [x, y + 480]], float)
        picture = laid(written_page(400, 480), slip, picture)

    finding = find(picture)

    assert finding.kind == "sheet"
    assert finding.others >= 2


def test_a_slip_on_a_page_that_fills_the_frame_is_not_cut_out():
    page = written_page(1200, 1600)
    slip = np.array([[260, 500], [900, 520], [890, 1000], [250, 990]], float)

    finding = find(laid(written_page(640, 480, paper=(190, 225, 235)), slip, page))

    assert finding.kind == "whole" or finding.confidence < 0.5


def test_a_page_that_fills_the_frame_is_whole():
    assert find(written_page(1200, 1600)).kind == "whole"


def test_a_table_on_a_page_that_fills_the_frame_is_not_taken_for_the_sheet():
    page = written_page(1200, 1600)
    page[300:1300, 150:1050] = PAPER
    for y in range(300, 1301, 100):
        cv2.line(page, (150, y), (1050, y), INK, 4)
    for x in range(150, 1051, 150):
        cv2.line(page, (x, 300), (x, 1300), INK, 4)

    finding = find(page)

    assert finding.kind == "whole" or finding.confidence < 0.5


def test_a_photograph_on_a_page_that_fills_the_frame_is_not_cut_out():
    finding = find(written_page(1200, 1600, photo=True))

    assert finding.kind == "whole" or finding.confidence < 0.5


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.zeros((900, 1200, 3), np.uint8), id="black"),
        pytest.param(blank_desk(), id="bare desk"),
        pytest.param(
            np.random.default_rng(3).integers(0, 256, (900, 1200, 3), dtype=np.uint8), id="noise"
        ),
        pytest.param(
            np.random.default_rng(3).integers(0, 256, (2400, 3200, 3), dtype=np.uint8),
            id="noise of a large frame",
        ),
        pytest.param(cv2.resize(blank_desk(60, 80), (1200, 900)), id="blotches"),
    ],
)
def test_where_no_page_is_none_is_found(picture):
    assert find(picture).kind == "none"


def test_stripes_are_no_sure_sheet():
    stripes = np.tile(np.uint8([[[40]], [[200]]]).repeat(40, 0), (12, 1200, 3))

    assert find(stripes).confidence < 0.5


def test_a_dark_page_of_an_album_wins_over_its_photographs():
    album = np.full((900, 700, 3), (52, 55, 58), np.uint8)
    for top in (90, 490):
        tones = np.random.default_rng(top).normal(110, 45, (6, 8)).clip(20, 220).astype(np.uint8)
        album[top : top + 320, 90:610] = 225
        shown = cv2.resize(tones, (490, 290), interpolation=cv2.INTER_CUBIC)
        album[top + 15 : top + 305, 105:595] = shown[:, :, None]

    finding = find(laid(album, UPRIGHT, blank_desk(colour=(150, 175, 195))))

    assert overlap(finding.quad, UPRIGHT, 1200, 1200) > 0.97


@pytest.mark.parametrize(("situation", "index"), [("album", 0), ("palm", 2)])
def test_neither_a_faint_dark_page_nor_a_page_under_a_hand_loses_to_its_part(
    situation, index, tmp_path
):
    name, document, scene = benchmark(77, index, 1280, situation)
    write(tmp_path, name, document, scene)
    picture = cv2.imread(str(tmp_path / f"{name}.jpg"))
    truth = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["quad"]

    finding = find(picture)

    assert overlap(finding.quad, np.array(truth), *picture.shape[1::-1]) > 0.97


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 300),
    width=st.integers(1, 300),
    seed=st.integers(0, 2**32 - 1),
    levels=st.sampled_from([1, 2, 256]),
)
def test_any_picture_gets_an_answer(height, width, seed, levels):
    noise = np.random.default_rng(seed).integers(0, levels, (height, width, 3))
    picture = (noise * (255 // max(levels - 1, 1))).astype(np.uint8)

    finding = find(picture)

    assert (finding.kind == "sheet") == (finding.quad is not None)
    assert 0 <= finding.confidence <= 1


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 5000), (5000, 1), (3, 10_000), (200, 10_000), (1500, 20_000)]
)
@pytest.mark.parametrize("value", [0, 128, 255])
def test_odd_shapes_of_one_colour_have_no_sheet(shape, value):
    assert find(np.full((*shape, 3), value, np.uint8)).quad is None


def real_pictures():
    if not PICTURES.is_dir():
        return []
    entries = json.loads((PICTURES / "manifest.json").read_text(encoding="utf-8"))
    return [(entry["file"], (entry["ground_truth"] or {}).get("corners_px")) for entry in entries]


def seen(name) -> tuple[Finding, int, int]:
    picture = cv2.imread(str(PICTURES / name))
    height, width = picture.shape[:2]
    return find(picture), width, height


needs_pictures = pytest.mark.skipif(
    not PICTURES.is_dir(), reason=f"SKIPPED LOUDLY: no real pictures at {PICTURES}"
)


@needs_pictures
def test_real_sheets_are_found_where_a_person_sees_them():
    overlaps = {}
    for name, corners in real_pictures():
        if corners:
            finding, width, height = seen(name)
            quad = [corners[key] for key in ("TL", "TR", "BR", "BL")]
            overlaps[name] = overlap(finding.quad, quad, width, height) if finding.quad else 0.0

    assert len(overlaps) >= 9
    assert min(overlaps.values()) >= 0.9, overlaps
    assert np.mean(list(overlaps.values())) >= 0.97, overlaps


@needs_pictures
@pytest.mark.parametrize("name", [n for n, _ in real_pictures() if n[0] in "bc" or "f02" in n])
def test_scans_that_fill_their_frame_are_not_cropped(name):
    finding, width, height = seen(name)

    frame = [(0, 0), (width, 0), (width, height), (0, height)]
    claimed = finding.kind == "sheet" and finding.confidence >= 0.5
    assert not claimed or overlap(finding.quad, frame, width, height) > 0.85


@needs_pictures
def test_a_black_frame_has_no_page():
    assert seen("e01_black_frame.jpg")[0].kind == "none"


@pytest.mark.skipif(not PICTURES.is_dir(), reason=f"no pictures at {PICTURES}")
def test_a_fold_along_which_handwriting_would_be_cut_is_no_sure_edge():
    finding = find(cv2.imread(str(PICTURES / "d02_cn_hand_notebook_shadow.jpg")))

    assert finding.kind != "sheet" or finding.confidence < Imaging().find_confidence
