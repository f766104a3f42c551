"""Bytes become pixels: every kind of picture people have, and a clear word for the rest."""

from __future__ import annotations

import struct
import warnings
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from firmware_config.errors import InputError
from station.model import Noun

Pixels = NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "JPEG2000", "GIF")
REDUCE_ABOVE_MEGAPIXELS = 64
BAND_PX = 128
ORIENTATION = 0x0112
TURNED = range(5, 9)
"""EXIF orientations that swap width and height."""

# What Pillow's parsers let through on damaged files, apart from OSError.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
)

# Pillow's limit is a global with a warning and an error of its own; ours is an argument of
# `decode`, checked on the header before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


class Picture(Noun, frozen=True, kw_only=True):
    """A decoded picture, upright by its EXIF orientation.

    `pixels` is BGR uint8 HxWx3, C-contiguous. `full_width_px` and `full_height_px` are the size of
    the whole picture after orientation; `scale` is decoded pixels per full pixel, 1 or 1/2, 1/4,
    1/8 for very large pictures.
    """

    pixels: Pixels
    full_width_px: int
    full_height_px: int
    scale: float


def half_of(pixels: Pixels) -> Pixels:
    """The picture with every two by two pixels (HxWx3 or HxW) as one; an odd last row or column is
    left out.

    What looks at a frame made smaller begins with this: OpenCV halves in 5 ms what it takes 12
    to make six times smaller, and 63 to halve with an odd row.
    """
    height, width = (side // 2 for side in pixels.shape[:2])
    if not (height and width):
        return np.zeros((height, width, *pixels.shape[2:]), np.uint8)
    even = pixels[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def media_type(data: bytes) -> str:
    """The media type of a picture, such as image/jpeg, from its header.

    Raises InputError when `data` is not a picture of a known kind.
    """
    with _opened(data) as image:
        return "image/jpeg" if image.format == "MPO" else Image.MIME[image.format or ""]


def megapixels(data: bytes) -> float:
    """The size of a picture by its header. Raises InputError as `media_type` does."""
    with _opened(data) as image:
        return float(image.width * image.height / 1e6)


def decode(data: bytes, *, maximum_megapixels: int) -> Picture:
    """The pixels of an encoded picture.

    Transparency is laid on white, 16 bits become 8, colour profiles are ignored. Above 64
    megapixels the picture is decoded at 1/2, 1/4 or 1/8. Raises InputError for what is not one
    whole still picture of at most `maximum_megapixels`.
    """
    with _opened(data) as image:
        _refuse_many(image)
        size = image.width * image.height / 1e6
        if size > maximum_megapixels:
            raise InputError(
                f"picture of {size:.0f} megapixels; at most {maximum_megapixels}",
                hint=f"图像过大（约{size:.0f}百万像素），请降低分辨率后重试。",
            )
        try:
            return _decoded(image, _divisor(size))
        except MemoryError as error:
            raise InputError(
                f"no memory for a picture of {size:.0f} megapixels",
                hint="图像过大，内存不足，请降低分辨率后重试。",
            ) from error
        except BROKEN as error:
            raise InputError(
                f"damaged {image.format} picture: {error}",
                hint="图像文件不完整或已损坏，请重新复制或重新拍摄。",
            ) from error


def _opened(data: bytes) -> Image.Image:
    if not data:
        raise InputError("empty file", hint="文件是空的（0字节），请重新复制或重新拍摄。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise InputError(
            "not a picture of a known kind",
            hint="这不是可识别的图像文件，支持 JPEG、PNG、TIFF、WebP、BMP、JPEG 2000。",
        ) from error
    except BROKEN as error:
        raise InputError(
            f"damaged picture: {error}",
            hint="图像文件不完整或已损坏，请重新复制或重新拍摄。",
        ) from error


def _refuse_many(image: Image.Image) -> None:
    """An MPO holds previews of one photograph beside it; all others hold pages or a film."""
    try:
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    except BROKEN as error:
        raise InputError(
            f"damaged {image.format} picture: {error}",
            hint="图像文件不完整或已损坏，请重新复制或重新拍摄。",
        ) from error
    if frames > 1 and image.format == "TIFF":
        raise InputError(
            f"TIFF of {frames} pages", hint=f"这个TIFF有{frames}页，请先拆成单页文件再导入。"
        )
    if frames > 1:
        raise InputError(
            f"{image.format} of {frames} frames", hint="这是动画，不是单页图像，请换成静态图片。"
        )


def _divisor(size: float) -> int:
    wanted = (d for d in (1, 2, 4) if size / d**2 <= REDUCE_ABOVE_MEGAPIXELS)
    return next(wanted, 8)


def _decoded(image: Image.Image, divisor: int) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        width, height = image.size
        if divisor > 1:
            image.draft(None, (width // divisor, height // divisor))
        image.load()
        if image.format == "TIFF":  # Pillow turns a TIFF upright itself, while loading
            width, height = image.size
        elif image.getexif().get(ORIENTATION, 1) in TURNED:
            width, height = height, width
        # Pillow copies a picture that lies right already, too: a third more memory for all.
        upright = image if _lies_right(image) else ImageOps.exif_transpose(image)
        if divisor > 1 and image.format not in ("JPEG", "MPO"):
            upright = _plain(upright).reduce(divisor)
        pixels = _bgr(_plain(upright))
    scale = 1.0 if divisor == 1 else 1.0 / divisor
    return Picture(pixels=pixels, full_width_px=width, full_height_px=height, scale=scale)


def _lies_right(image: Image.Image) -> bool:
    return bool(image.getexif().get(ORIENTATION, 1) == 1)


def _plain(image: Image.Image) -> Image.Image:
    """As L or RGB, 8 bits, without transparency."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.int64).clip(0, 0xFFFF)
        return Image.fromarray((deep >> 8).astype(np.uint8))
    if image.mode == "1":
        return image.convert("L")
    if "transparency" in image.info or image.getbands()[-1] in "Aa":
        drawn = image.convert("RGBA")
        paper = Image.new("RGBA", drawn.size, "white")
        paper.alpha_composite(drawn)
        return paper.convert("RGB")
    return image.convert("RGB")


def _bgr(image: Image.Image) -> Pixels:
    """Band by band: Pillow gives pixels away as a list of blocks and their join, a copy each."""
    width, height = image.size
    code = cv2.COLOR_GRAY2BGR if image.mode == "L" else cv2.COLOR_RGB2BGR
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAND_PX):
        rows = slice(top, min(height, top + BAND_PX))
        band = np.asarray(image.crop((0, rows.start, width, rows.stop)))
        cv2.cvtColor(band, code, dst=pixels[rows])
    return pixels
