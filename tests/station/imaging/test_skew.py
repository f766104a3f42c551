import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from station.imaging.skew import skew
from tests.benchmarks._turned_pages import page, scanned
from tests.benchmarks.skew import run

SHARED = Path(os.environ.get("STATION_SHARED", Path(__file__).parents[3] / "../shared"))
PICTURES = SHARED / "images"
needs_pictures = pytest.mark.skipif(not PICTURES.is_dir(), reason=f"no pictures at {PICTURES}")


def turned(grey, angle_deg):
    """The page turned clockwise on a larger canvas of its own paper."""
    height, width = grey.shape
    side = int(np.hypot(height, width)) + 2
    turn = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -angle_deg, 1)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    paper = int(np.median(grey))
    return cv2.warpAffine(grey, turn, (side, side), flags=cv2.INTER_CUBIC, borderValue=paper)


@pytest.mark.parametrize("layout", ["lines", "columns", "table", "words", "hand", "mixed"])
@pytest.mark.parametrize("angle_deg", [-13.7, 0.35, 6.2])
def test_drawn_pages_are_measured_to_a_tenth_of_a_degree(layout, angle_deg):
    rng = np.random.default_rng(7)
    found = skew(scanned(rng, page(rng, layout), angle_deg))
    assert found.angle_deg == pytest.approx(angle_deg, abs=0.1)
    assert found.sureness > 0.8


def test_clockwise_is_positive():
    lines = np.full((800, 600), 255, np.uint8)
    for y in range(100, 700, 40):
        cv2.line(lines, (80, y), (520, y + 23), 0, 6)  # the right end is lower
    assert skew(lines).angle_deg == pytest.approx(np.degrees(np.arctan2(23, 440)), abs=0.1)


def test_black_scanner_strips_do_not_say_zero():
    rng = np.random.default_rng(3)
    grey = scanned(rng, page(rng, "lines"), 4.0)
    grey[:, :150] = 10
    grey[-90:] = 10
    assert skew(grey).angle_deg == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_page_is_unsure(level):
    found = skew(np.full((900, 700), level, np.uint8))
    assert (found.angle_deg, found.sureness) == (0.0, 0.0)


def test_a_photograph_is_unsure():
    tones = np.random.default_rng(2).integers(0, 255, (30, 30), dtype=np.uint8)
    assert skew(cv2.resize(tones, (900, 900), interpolation=cv2.INTER_CUBIC)).sureness < 0.5


@settings(max_examples=80, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 40), st.integers(1, 40)),
            st.tuples(st.just(3), st.integers(100, 200)),
        ),
    )
)
def test_any_array_has_an_answer_within_the_range(grey):
    found = skew(grey)
    assert abs(found.angle_deg) <= 16
    assert 0 <= found.sureness <= 1


def test_the_benchmark_beats_hough(tmp_path):
    rows = {row["method"]: row for row in run(tmp_path, pages=9, photos=False, peers=False)}
    assert rows["station"]["AED"] < 0.02
    assert rows["station"]["cpu_ms"] < rows["hough"]["cpu_ms"]
    assert rows["station: no text"]["sure_wrong"] == 0
    assert (tmp_path / "skew-scans.jpg").is_file()


@needs_pictures
def test_real_scans_are_within_their_tolerance():
    seen = 0
    for entry in json.loads((PICTURES / "manifest.json").read_text()):
        truth = (entry["ground_truth"] or {}).get("skew")
        if truth:
            grey = cv2.imread(str(PICTURES / entry["file"]), cv2.IMREAD_GRAYSCALE)
            error = skew(grey).angle_deg - truth["correct_by_rotating_ccw_deg"]
            assert abs(error) <= truth["tolerance_deg"], entry["file"]
            seen += 1
    assert seen >= 5


@needs_pictures
@pytest.mark.parametrize(
    "name", ["c01_cn_book_page.jpg", "c02_cn_table.png", "d04_cn_vertical_brush.png"]
)
@pytest.mark.parametrize("angle_deg", [-11.2, -3.1, 1.3, 7.7])
def test_real_chinese_pages_turned_by_a_known_angle(name, angle_deg):
    grey = cv2.imread(str(PICTURES / name), cv2.IMREAD_GRAYSCALE)
    assert skew(turned(grey, angle_deg)).angle_deg == pytest.approx(angle_deg, abs=0.1)
