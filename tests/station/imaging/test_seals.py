from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from station.imaging.seals import seals, seals_of
from tests.station.imaging.drawings import page, sealed

RED = (50, 40, 200)


def test_a_seal_is_found_where_it_is():
    (mark,) = seals(sealed(page()[0], (450, 400), radius=90))
    assert mark.kind == "seal"
    assert np.abs(np.array(mark.box) - (360, 310, 540, 490)).max() <= 8


def test_black_writing_has_no_seal():
    assert seals(page()[0]) == ()


def test_red_handwriting_is_no_seal():
    written = np.full((1200, 900, 3), 230, np.uint8)
    rng = np.random.default_rng(2)
    for left in range(100, 800, 70):
        for _ in range(5):
            x, y = rng.integers(0, 50, 2), rng.integers(0, 50, 2)
            ends = (int(left + x[0]), int(700 + y[0])), (int(left + x[1]), int(700 + y[1]))
            cv2.line(written, *ends, RED, 4, cv2.LINE_AA)
    assert seals(written) == ()


def test_a_thumb_is_a_fingerprint_and_a_frame_a_chop():
    pressed = np.full((1200, 900, 3), 230, np.uint8)
    cv2.ellipse(pressed, (300, 800), (28, 38), 0, 0, 360, RED, -1)
    cv2.rectangle(pressed, (600, 780), (650, 830), RED, 5)
    cv2.line(pressed, (610, 805), (640, 805), RED, 5)
    assert sorted(mark.kind for mark in seals(pressed)) == ["fingerprint", "seal"]


def test_a_red_title_is_told_from_a_seal():
    titled = np.full((1200, 900, 3), 230, np.uint8)
    for left in range(120, 780, 60):
        cv2.rectangle(titled, (left, 100), (left + 45, 110), RED, -1)
        cv2.line(titled, (left + 20, 100), (left + 20, 150), RED, 8)
    assert {mark.kind for mark in seals(titled)} == {"redhead"}


def test_a_seal_within_a_red_frame_is_found():
    framed = sealed(page()[0], (450, 400), radius=90)
    cv2.rectangle(framed, (30, 30), (framed.shape[1] - 30, framed.shape[0] - 30), RED, 8)
    boxes = [mark.box for mark in seals(framed) if mark.kind == "seal"]
    assert len(boxes) == 1
    assert np.abs(np.array(boxes[0]) - (360, 310, 540, 490)).max() <= 8


def test_seals_that_touch_are_told_from_one_another():
    stamped = page()[0]
    centres = (200, 400), (370, 440), (530, 380), (690, 450)
    for centre in centres:
        stamped = sealed(stamped, centre, radius=90)
    marks = seals(stamped)
    assert {mark.kind for mark in marks} == {"seal"}
    found = sorted(
        ((left + right) / 2, (top + bottom) / 2)
        for left, top, right, bottom in (mark.box for mark in marks)
    )
    assert np.abs(np.array(found) - centres).max() <= 10


def test_a_page_written_in_red_has_no_seal():
    ink = 255 - page(ink=1.0)[1]
    written = cv2.merge([ink, ink, np.full_like(ink, 230)])
    assert [mark for mark in seals(written) if mark.kind != "redhead"] == []


def test_a_finger_that_holds_the_page_is_no_fingerprint():
    held = np.full((1200, 900, 3), 230, np.uint8)
    cv2.ellipse(held, (895, 800), (38, 28), 0, 0, 360, RED, -1)
    assert seals(held) == ()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*[st.integers(0, 380)] * 4, st.integers(1, 30)), max_size=25))
def test_any_red_marks_give_boxes_on_the_page(strokes):
    red = np.zeros((400, 400), np.uint8)
    for left, top, right, bottom, width in strokes:
        cv2.line(red, (left, top), (right, bottom), (255,), width)
    for mark in seals_of(red, (800, 800)):
        left, top, right, bottom = mark.box
        assert 0 <= left < right <= 800
        assert 0 <= top < bottom <= 800
