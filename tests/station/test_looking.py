"""The look at a frame, through the process that takes it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

import cv2
import numpy as np
import pytest

from firmware_config.schema import Imaging
from station.imaging.stand import Stand
from station.looking import Eye
from tests.pages.demo import FOLDER


@pytest.fixture
def page():
    return sorted(FOLDER.rglob("*.jpg"))[0]


@pytest.fixture
def eye():
    with closing(Eye(Stand(), limit_s=60.0)) as opened:
        assert opened.ready(within_s=60.0)
        yield opened


def test_a_page_is_looked_at_and_compared_with_the_one_before(eye, page):
    first = eye.look(page, b"")
    assert first is not None
    assert "same" not in first.quality.reasons
    again = eye.look(page, first.fingerprint)
    assert again is not None
    assert "same" in again.quality.sure


def test_of_what_is_no_picture_or_is_gone_nothing_is_said_and_the_next_look_works(
    eye, page, tmp_path
):
    (tmp_path / "text").write_bytes(b"no picture")
    assert eye.look(tmp_path / "text", b"") is None
    assert eye.look(tmp_path / "gone", b"") is None
    assert eye.look(page, b"") is not None


def test_a_picture_that_kills_the_process_is_not_waited_for_and_the_next_look_works(eye, page):
    assert eye.look(page, b"") is not None
    os.kill(eye.process_id, signal.SIGSEGV)

    assert eye.look(page, b"") is None
    assert eye.ready(within_s=60.0)
    assert eye.look(page, b"") is not None


def test_a_look_that_hangs_is_given_up_at_the_limit(eye, page):
    assert eye.look(page, b"") is not None
    hanging = eye.process_id
    os.kill(hanging, signal.SIGSTOP)
    eye.limit_s = 0.3

    started_s = time.monotonic()
    assert eye.look(page, b"") is None
    assert time.monotonic() - started_s < 3.0
    assert eye.process_id != hanging


def test_a_process_that_is_still_starting_is_not_waited_for(page):
    with closing(Eye(Stand(), limit_s=60.0)) as eye:
        starting = eye.process_id
        assert eye.look(page, b"") is None
        assert eye.process_id == starting


def test_a_picture_of_more_pixels_than_allowed_is_not_decoded(eye, tmp_path):
    huge = tmp_path / "huge.jpg"
    cv2.imwrite(str(huge), np.zeros((2000, 2000, 3), np.uint8))
    with closing(Eye(Stand(settings=Imaging(maximum_megapixels=1)), limit_s=60.0)) as narrow:
        assert narrow.ready(within_s=60.0)
        assert narrow.look(huge, b"") is None
