"""The fast half: find the sheet and judge it on the frame itself, before the page is turned.

Nothing is straightened and nothing is read. What is found here is told to the operator and
forgotten; the reader looks again, with more time.
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from firmware_config.errors import InputError
from firmware_config.schema import Imaging
from station.imaging.find import find
from station.imaging.fingerprint import fingerprint_of
from station.imaging.judge import judge, trusted
from station.imaging.picture import REDUCE_ABOVE_MEGAPIXELS, Pixels, decode, megapixels
from station.imaging.sheet import measured, upright
from station.model import Glance

JPEG = b"\xff\xd8\xff"


def glance(
    data: bytes, settings: Imaging, *, previous: bytes = b"", px_per_mm: float = 0.0
) -> Glance:
    """Look at an encoded frame; `previous` is the fingerprint of the page before it.

    Raises InputError for what is no picture.
    """
    started = time.perf_counter()
    pixels = _decoded(data, settings)
    decoded = time.perf_counter()
    finding = find(pixels)
    found = time.perf_counter()
    quad = trusted(finding, settings)
    sheet = measured(pixels, *upright(quad, (pixels.shape[1], pixels.shape[0])), quad)
    fingerprint = fingerprint_of(sheet)
    quality = judge(
        sheet, finding, settings, now=fingerprint, previous=previous, px_per_mm=px_per_mm
    )
    judged = time.perf_counter()
    seconds = {"decode": decoded - started, "find": found - decoded, "judge": judged - found}
    return Glance(quality=quality, fingerprint=fingerprint, seconds=seconds)


def _decoded(data: bytes, settings: Imaging) -> Pixels:
    """The frame's pixels, upright. A camera's JPEG goes the short way, half as long as Pillow's."""
    short = data.startswith(JPEG) and 0 < megapixels(data) <= min(
        REDUCE_ABOVE_MEGAPIXELS, settings.maximum_megapixels
    )
    if not short:
        return decode(data, maximum_megapixels=settings.maximum_megapixels).pixels
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError("damaged JPEG picture", hint="图像已损坏，请重新拍摄。")
    return np.asarray(pixels, np.uint8)
