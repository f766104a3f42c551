"""A page as the file an archive asks for. Pixels are BGR uint8, files are sRGB.

DA/T 31-2017 names TIFF, JPEG and JPEG 2000 for the long term. A resolution is written into a file
only where it is known: an invented one would be believed.
"""

from __future__ import annotations

import io
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

Pixels = npt.NDArray[np.uint8]
Lossless = Literal["tiff", "jpeg2000"]

MEDIA_TYPES: dict[Lossless, str] = {"tiff": "image/tiff", "jpeg2000": "image/jp2"}
DOCUMENT_NAME = 269
"""TIFF 6.0, section 12: the name of the document from which the image was scanned."""


def lossless(pixels: Pixels, form: Lossless, *, dpi: float = 0.0, name: str = "") -> bytes:
    """The page, every pixel kept: TIFF with Deflate, or JPEG 2000 with its reversible wavelet.

    `name`, the archival code and serial, is written into a TIFF. `dpi` 0 is unknown; Pillow
    writes none into JPEG 2000.
    """
    if form == "jpeg2000":
        return _saved(pixels, "JPEG2000", irreversible=False, num_resolutions=6)
    known: dict[str, Any] = {"dpi": (dpi, dpi)} if dpi else {}
    tags = {DOCUMENT_NAME: name} if name else {}
    return _saved(
        pixels,
        "TIFF",
        compression="tiff_adobe_deflate",
        icc_profile=_srgb(),
        tiffinfo=tags,
        **known,
    )


def access_copy(pixels: Pixels, *, long_side_px: int, quality: int, dpi: float = 0.0) -> bytes:
    """A JPEG to look at, at most `long_side_px` long; `dpi` is that of `pixels`, 0 is unknown."""
    height, width = pixels.shape[:2]
    ratio = min(1.0, long_side_px / max(height, width))
    known: dict[str, Any] = {"dpi": (round(dpi * ratio),) * 2} if dpi else {}
    image = _image(pixels)
    if ratio < 1.0:
        size = max(1, round(width * ratio)), max(1, round(height * ratio))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return _written(image, "JPEG", quality=quality, optimize=True, progressive=True, **known)


def _saved(pixels: Pixels, form: str, **how: Any) -> bytes:
    return _written(_image(pixels), form, **how)


def _written(image: Image.Image, form: str, **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **how)
    return file.getvalue()


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
