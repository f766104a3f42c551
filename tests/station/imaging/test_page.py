import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from firmware_config.schema import Imaging
from station.imaging.find import find
from station.imaging.page import dress
from station.imaging.picture import decode
from station.imaging.stand import Stand
from tests.benchmarks.scans import run
from tests.station.imaging.test_spread import LEFT, RIGHT, book, paper, photographed, write_lines

SHARED = Path(os.environ.get("STATION_SHARED", Path(__file__).parents[3] / "../shared"))
PICTURES = SHARED / "images"
needs_pictures = pytest.mark.skipif(not PICTURES.is_dir(), reason=f"no pictures at {PICTURES}")


def dressed(name):
    picture = decode((PICTURES / name).read_bytes(), maximum_megapixels=250)
    return dress(picture.pixels, Stand())[0]


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3)),
            st.tuples(st.just(8), st.just(400), st.just(3)),
            st.tuples(st.just(400), st.just(8), st.just(3)),
        ),
        elements=st.integers(0, 255),
        fill=st.integers(0, 255),
    )
)
def test_every_array_gets_a_verdict(pixels):
    (page,) = dress(pixels, Stand(), previous=b"\xff\xd8")
    assert page.quality.verdict in ("good", "check", "bad")
    assert page.image.ndim == 3
    assert page.image.dtype == np.uint8
    assert np.isfinite([page.skew_deg, page.confidence, *page.quality.numbers.values()]).all()


@pytest.mark.parametrize(
    "shape", [(1, 1), (2000, 40), (40, 2000), (700, 700), (1, 5000), (3, 5000)]
)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_constant_frames_are_never_good(shape, level):
    (page,) = dress(np.full((*shape, 3), level, np.uint8), Stand())
    assert page.quality.verdict != "good"
    assert page.quad is None


def test_a_gutter_vouches_for_a_doubtful_sheet():
    choosy = Imaging(find_confidence=0.995)
    assert find(book()).confidence < choosy.find_confidence

    left, right = dress(book(), Stand(settings=choosy))

    assert left.quad is not None
    assert right.quad is not None
    assert left.confidence == right.confidence >= choosy.find_confidence


def test_a_doubtful_sheet_without_a_gutter_is_kept_whole():
    sheet = paper()
    write_lines(sheet, LEFT + 60, RIGHT - 60)

    (page,) = dress(photographed(sheet), Stand(settings=Imaging(find_confidence=0.9999)))

    assert page.quad is None


def test_noise_gets_a_verdict():
    noise = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), dtype=np.uint8)
    assert dress(noise, Stand())[0].quality.verdict != "good"


def test_the_seconds_of_each_step_are_told():
    (page,) = dress(np.full((300, 200, 3), 255, np.uint8), Stand())
    assert set(page.seconds) == {"find", "straighten", "judge"}
    assert all(spent >= 0 for spent in page.seconds.values())


def test_scans_are_set_upright_whatever_black_is_around_them(tmp_path):
    everything = run(tmp_path, count=16)[-1]
    assert everything["median_deg"] <= 0.1
    assert everything["worst_deg"] <= 0.3
    assert everything["bad"] == 0


@needs_pictures
@pytest.mark.parametrize(
    ("name", "verdicts", "reason"),
    [
        ("e01_black_frame.jpg", {"bad"}, "dark"),
        ("e02_blurred_text.png", {"bad", "check"}, "blurred"),
        ("e03_hard_shadow.jpg", {"check"}, "uneven-light"),
        ("e04_finger_in_frame.jpg", {"check"}, "hand"),
        ("e06_dark_uneven_page.jpg", {"check"}, "uneven-light"),
    ],
)
def test_real_faults_are_named(name, verdicts, reason):
    quality = dressed(name).quality
    assert quality.verdict in verdicts
    assert reason in quality.reasons


@needs_pictures
def test_a_turned_page_in_a_scanners_black_is_kept_whole_and_set_upright():
    page = dressed("b02_paper_minus6.png")
    assert page.quad is None
    assert page.skew_deg == pytest.approx(-6.25, abs=0.3)
    assert page.quality.verdict == "good"


@needs_pictures
def test_a_nearly_blank_sheet_is_neither_blank_nor_blurred():
    quality = dressed("e05_near_blank_sheet.jpg").quality
    assert not {"blank", "blurred"} & set(quality.reasons)


CUT_OUT = ("d08_old_letter_bleedthrough.png", "d01_cn_hand_card.jpg")
"""The lower part of a letter, and a card that runs out of the frame on two sides."""


@needs_pictures
@pytest.mark.parametrize("name", CUT_OUT)
def test_a_picture_that_shows_part_of_a_page_is_said_to_be_cut(name):
    assert "cut" in dressed(name).quality.sure


@needs_pictures
def test_no_clean_scan_is_called_bad():
    scans = [
        entry["file"]
        for entry in json.loads((PICTURES / "manifest.json").read_text())
        if entry["file"][0] in "bcd" and entry["file"] not in CUT_OUT
    ]
    verdicts = {name: dressed(name).quality.verdict for name in scans}
    assert len(verdicts) > 15
    assert "bad" not in verdicts.values(), verdicts


@needs_pictures
def test_a_book_on_a_grey_stand_becomes_two_pages():
    picture = decode(
        (PICTURES / "a08_ndl_spread_gray_stand.jpg").read_bytes(), maximum_megapixels=9
    )

    assert len(dress(picture.pixels, Stand())) == 2
