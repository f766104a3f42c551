import io

import numpy as np
import pytest
from PIL import Image

from station.export.encoding import DOCUMENT_NAME, access_copy, lossless


@pytest.fixture
def page():
    ramp = np.linspace(0, 255, 90 * 60, dtype=np.uint8).reshape(90, 60)
    return np.dstack([ramp, 255 - ramp, np.roll(ramp, 7)])


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["tiff", "jpeg2000"])
def test_an_archival_copy_has_every_pixel_in_its_colour(page, form):
    image = opened(lossless(page, form))
    assert np.array_equal(np.asarray(image.convert("RGB"))[:, :, ::-1], page)


def test_a_tiff_says_what_it_is_and_how_fine(page):
    image = opened(lossless(page, "tiff", dpi=245.3, name="Z109-WS.2011.Y-0001-0003"))
    assert image.tag_v2[DOCUMENT_NAME] == "Z109-WS.2011.Y-0001-0003"
    assert image.info["dpi"] == pytest.approx((245.3, 245.3), abs=0.1)
    assert image.info["icc_profile"]


@pytest.mark.parametrize("data", [b"tiff", b"jpeg"])
def test_no_resolution_is_made_up(page, data):
    image = opened(
        lossless(page, "tiff")
        if data == b"tiff"
        else access_copy(page, long_side_px=640, quality=85)
    )
    assert image.info.get("dpi") in (None, (1, 1))


def test_an_access_copy_is_never_longer_than_asked_nor_larger_than_the_page(page):
    assert opened(access_copy(page, long_side_px=45, quality=85)).size == (30, 45)
    assert opened(access_copy(page, long_side_px=640, quality=85)).size == (60, 90)


def test_a_smaller_copy_claims_as_much_less_resolution(page):
    image = opened(access_copy(page, long_side_px=45, quality=85, dpi=300))
    assert image.info["dpi"] == (150, 150)
