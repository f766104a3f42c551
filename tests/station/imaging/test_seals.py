from __future__ import annotations

import cv2
import numpy as np

from station.imaging.seals import seals
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
