import tracemalloc
import warnings
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware_config.errors import InputError
from station.imaging.picture import decode, half_of, media_type

CORNERS = np.full((40, 60, 3), 255, np.uint8)
CORNERS[:20, :30] = (250, 0, 0)
CORNERS[20:, 30:] = (0, 0, 250)
"""Red at the upper left, blue at the lower right, as RGB."""


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def bgr(data: bytes) -> np.ndarray:
    return decode(data, maximum_megapixels=250).pixels


def looks_like_corners(pixels: np.ndarray) -> bool:
    red, blue = pixels[8, 12].astype(int), pixels[-8, -12].astype(int)
    return bool(red[2] - red[0] > 120 and blue[0] - blue[2] > 120)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("WEBP", {"quality": 95}),
        ("BMP", {}),
        ("JPEG2000", {}),
    ],
)
def test_every_kind_of_picture_becomes_bgr(kind, options):
    pixels = bgr(encoded(Image.fromarray(CORNERS), kind, **options))
    assert pixels.shape == (40, 60, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert looks_like_corners(pixels)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colours(kind):
    assert looks_like_corners(bgr(encoded(Image.fromarray(CORNERS).convert("CMYK"), kind)))


def test_a_palette_keeps_its_colours():
    palette = Image.fromarray(CORNERS).convert("P", palette=Image.Palette.ADAPTIVE)
    assert looks_like_corners(bgr(encoded(palette)))
    assert looks_like_corners(bgr(encoded(palette, "GIF")))


def test_transparency_is_white_paper():
    clear = np.zeros((8, 8, 4), np.uint8)
    clear[2:4, 2:4, 3] = 255
    pixels = bgr(encoded(Image.fromarray(clear)))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[2, 2].tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_range(kind):
    deep = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    assert bgr(encoded(Image.fromarray(deep), kind))[..., 0].ravel().tolist() == list(range(256))


def test_a_bilevel_fax_is_black_on_white():
    fax = Image.new("1", (64, 16), 1)
    fax.paste(0, (0, 0, 8, 8))
    pixels = bgr(encoded(fax, "TIFF", compression="group4"))
    assert pixels[4, 4].tolist() == [0, 0, 0]
    assert pixels[12, 40].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_exactly_once(kind, orientation):
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = Image.fromarray(CORNERS)
    stored = upright if back is None else upright.transpose(back)
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = decode(encoded(stored, kind, exif=exif), maximum_megapixels=1)

    assert (picture.full_width_px, picture.full_height_px) == (60, 40)
    assert looks_like_corners(picture.pixels)


def test_one_pixel_is_a_picture():
    assert bgr(encoded(Image.new("RGB", (1, 1), (1, 2, 3)))).tolist() == [[[3, 2, 1]]]


def test_a_very_large_jpeg_is_decoded_reduced_in_bounded_memory():
    data = encoded(Image.new("L", (20_000, 10_000), 200), "JPEG", quality=20)
    tracemalloc.start()
    picture = decode(data, maximum_megapixels=250)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.scale == 0.5
    assert picture.pixels.shape == (5_000, 10_000, 3)
    assert (picture.full_width_px, picture.full_height_px) == (20_000, 10_000)
    assert peak < 5 * picture.pixels.nbytes


def test_a_large_picture_of_another_kind_is_reduced_too():
    picture = decode(encoded(Image.new("1", (10_000, 7_000), 1)), maximum_megapixels=250)
    assert picture.pixels.shape == (3_500, 5_000, 3)
    assert picture.scale == 0.5


def test_a_decompression_bomb_is_refused_from_its_header_without_a_warning():
    bomb = encoded(Image.new("1", (30_000, 30_000)))
    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match="900 megapixels") as refusal:
            decode(bomb, maximum_megapixels=250)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "百万像素" in refusal.value.hint
    assert peak < 5_000_000


NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.97])
def test_a_truncated_picture_is_refused(kind, kept):
    whole = encoded(NOISE, kind)
    with pytest.raises(InputError) as refusal:
        decode(whole[: int(len(whole) * kept)], maximum_megapixels=250)
    assert refusal.value.hint


@pytest.mark.parametrize("data", [b"", b"not a picture", "村委会".encode(), b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused_with_a_hint(data):
    for refuse in (media_type, bgr):
        with pytest.raises(InputError) as refusal:
            refuse(data)
        assert refusal.value.hint


def test_a_tiff_of_many_pages_is_refused_with_what_to_do():
    pages = encoded(NOISE, "TIFF", save_all=True, append_images=[NOISE, NOISE])
    with pytest.raises(InputError, match="3 pages") as refusal:
        bgr(pages)
    assert "单页" in refusal.value.hint


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_film_is_refused(kind):
    film = encoded(NOISE, kind, save_all=True, append_images=[Image.new("RGB", (200, 200))])
    with pytest.raises(InputError, match="2 frames"):
        bgr(film)


def test_media_types_are_told_from_the_content():
    assert media_type(encoded(NOISE, "JPEG")) == "image/jpeg"
    assert media_type(encoded(NOISE, "TIFF")) == "image/tiff"
    assert media_type(encoded(NOISE, "WEBP")) == "image/webp"
    assert media_type(encoded(NOISE, "MPO", save_all=True, append_images=[NOISE])) == "image/jpeg"


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "JPEG2000"]),
    at=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_damaged_picture_decodes_or_is_refused_and_nothing_else(kind, at):
    damaged = bytearray(encoded(NOISE.resize((32, 32)), kind))
    for place, value in at:
        damaged[int(place * (len(damaged) - 1))] = value
    try:
        assert decode(bytes(damaged), maximum_megapixels=50).pixels.ndim == 3
    except InputError as refusal:
        assert refusal.hint


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"II*\0", b"\x89PNG\r\n\x1a\n"]),
)
def test_bytes_of_any_kind_are_refused_or_decoded(tail, magic):
    try:
        decode(magic + tail, maximum_megapixels=50)
    except InputError as refusal:
        assert refusal.hint


@pytest.mark.parametrize(("shape", "half"), [((4, 6), (2, 3)), ((5, 7), (2, 3)), ((1, 9), (0, 4))])
def test_a_half_leaves_an_odd_row_or_column_out(shape, half):
    grey = np.full((*shape, 3), 90, np.uint8)
    grey[1::2] = 110

    made = half_of(grey)

    assert made.shape == (*half, 3)
    assert (made == 100).all()
