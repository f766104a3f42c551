"""What is not cut as sure, however clear its edges are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from firmware_config.schema import Imaging
from station.imaging.find import find
from tests.station.imaging.test_find import UPRIGHT, blank_desk, corner_error_px, laid, written_page

SURE = Imaging().find_confidence
SLIP = np.array([[300, 520], [860, 535], [850, 960], [295, 950]], float)


def grey(level):
    return (level, level, level)


def pencilled_page(width=1200, height=1600, pale=0.3):
    """A page in pencil: its strokes are by `pale` darker than the paper."""
    page = written_page(width, height).astype(float)
    bare = np.array(page[2, 2])
    return (bare + pale * (page - bare)).astype(np.uint8)


def framed_in_black(inside, border_px):
    return cv2.copyMakeBorder(inside, *(border_px,) * 4, cv2.BORDER_CONSTANT, value=grey(12))


@pytest.mark.parametrize("pale", [0.3, 0.6, 1.0])
def test_a_slip_on_a_written_page_is_not_surely_cut_out(pale):
    page = pencilled_page(pale=pale)

    finding = find(laid(written_page(640, 480, paper=(170, 215, 230)), SLIP, page))

    assert finding.kind == "whole" or finding.confidence < SURE


def test_a_label_below_a_sheet_leaves_the_sheet_sure():
    picture = laid(written_page(), UPRIGHT, blank_desk(colour=(190, 192, 194)))
    picture[1100:1180, 300:900] = written_page(600, 240, paper=(190, 192, 194))[80:160]

    finding = find(picture)

    assert finding.confidence >= SURE
    assert corner_error_px(finding, UPRIGHT) < 2


@pytest.mark.parametrize("colour", [(170, 180, 190), (60, 75, 85)])
def test_a_page_in_an_even_black_frame_may_be_a_display(colour):
    display = framed_in_black(written_page(640, 840), 30)

    finding = find(laid(display, UPRIGHT, blank_desk(colour=colour)))

    assert finding.confidence < SURE


@pytest.mark.parametrize("under", [(205, 228, 236), (70, 85, 95)])
def test_a_print_with_next_to_no_margin_is_not_surely_cut_out(under):
    tones = np.random.default_rng(2).normal(110, 45, (7, 6)).clip(15, 225).astype(np.uint8)
    print_ = cv2.resize(tones, (640, 440), interpolation=cv2.INTER_CUBIC)
    print_ = cv2.copyMakeBorder(print_, 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=235)
    desk = blank_desk(1200, 1600, colour=under)

    finding = find(laid(np.dstack([print_] * 3), SLIP, desk))

    assert finding.kind == "none" or finding.confidence < SURE


def test_a_page_on_a_black_desk_stays_sure():
    finding = find(laid(written_page(), UPRIGHT, blank_desk(colour=grey(18))))

    assert finding.confidence >= SURE


def test_a_doubtful_sheet_is_named_all_the_same():
    page = pencilled_page(pale=0.6)

    finding = find(laid(written_page(640, 480, paper=(170, 215, 230)), SLIP, page))

    assert finding.kind != "none"


def test_a_scan_that_is_cut_is_whole_and_the_page_in_its_black_is_told():
    scan = np.full((1600, 1200, 3), 4, np.uint8)
    scan[:1450, 90:] = written_page(1110, 1450)

    finding = find(scan)

    assert finding.kind == "whole"
    assert finding.quad is not None
    assert np.abs(np.array(finding.quad)[3] - (90, 1450)).max() < 6
