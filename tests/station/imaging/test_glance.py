import cv2
import numpy as np
import pytest

from firmware_config.errors import InputError
from firmware_config.schema import Imaging
from station.imaging.glance import glance
from tests.station.imaging.test_judge import photographed, written


def encoded(pixels, kind=".jpg"):
    return cv2.imencode(kind, pixels)[1].tobytes()


@pytest.mark.parametrize("kind", [".jpg", ".png"])
def test_a_clear_page_is_good_in_whatever_way_it_is_encoded(kind):
    assert glance(encoded(photographed(written()), kind), Imaging()).quality.verdict == "good"


def test_a_page_out_of_focus_is_to_be_taken_again():
    seen = glance(encoded(photographed(written(), blur_px=5.0)), Imaging())
    assert seen.quality.sure == ("blurred",)


def test_a_page_that_was_not_turned_is_the_same():
    first = glance(encoded(photographed(written(), seed=1)), Imaging())
    again = glance(encoded(photographed(written(), seed=2)), Imaging(), previous=first.fingerprint)
    turned = glance(encoded(photographed(written(seed=12))), Imaging(), previous=first.fingerprint)
    assert again.quality.sure == ("same",)
    assert "same" not in turned.quality.reasons


def test_the_cradle_s_geometry_tells_the_resolution():
    data = encoded(photographed(written()))
    learned = glance(data, Imaging(minimum_dpi=300), px_per_mm=9.6)
    assert learned.quality.reasons == ("low-dpi",)
    assert learned.quality.numbers["dpi"] == pytest.approx(243.84)
    assert glance(data, Imaging(minimum_dpi=300), px_per_mm=12.0).quality.verdict == "good"


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 cut short", b"no picture"])
def test_what_is_no_picture_is_said_to_be_none(data):
    with pytest.raises(InputError):
        glance(data, Imaging())


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (900, 3, 3), (40, 40, 3)])
def test_a_picture_of_any_shape_has_a_verdict(shape):
    noise = np.random.default_rng(3).integers(0, 255, shape, dtype=np.uint8)
    assert glance(encoded(noise, ".png"), Imaging()).quality.verdict in ("good", "check", "bad")
