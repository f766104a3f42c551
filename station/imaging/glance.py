"""The fast half: find the sheet and judge it on the frame itself, before the page is turned.

Nothing is straightened and nothing is read. What is found here is told to the operator and
forgotten; the reader looks again, with more time.
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from firmware_config.errors import InputError
from station.imaging.find import find
from station.imaging.fingerprint import fingerprint_of
from station.imaging.judge import judge, trusted
from station.imaging.picture import REDUCE_ABOVE_MEGAPIXELS, Pixels, decode, half_of, megapixels
from station.imaging.settle import settled
from station.imaging.sheet import measured, upright
from station.imaging.stand import Stand
from station.model import Glance

JPEG = b"\xff\xd8\xff"


def glance(data: bytes, stand: Stand, *, previous: bytes = b"") -> Glance:
    """Look at an encoded frame; `previous` is the fingerprint of the page before it.

    Raises InputError for what is no picture.
    """
    started = time.perf_counter()
    settings = stand.settings
    pixels = _decoded(data, settings.maximum_megapixels)
    decoded = time.perf_counter()
    half = half_of(pixels)
    finding = settled(find(pixels, half=half), stand.cradle, pixels)
    found = time.perf_counter()
    quad = trusted(finding, settings)
    size = (pixels.shape[1], pixels.shape[0])
    sheet = measured(pixels, *upright(quad, size), quad, half=half)
    fingerprint = fingerprint_of(sheet)
    quality = judge(
        *(sheet, finding, settings),
        now=fingerprint,
        previous=previous,
        px_per_mm=stand.px_per_mm,
    )
    judged = time.perf_counter()
    seconds = {"decode": decoded - started, "find": found - decoded, "judge": judged - found}
    return Glance(quality=quality, fingerprint=fingerprint, seconds=seconds)


def _decoded(data: bytes, maximum_megapixels: int) -> Pixels:
    """The frame's pixels, upright. A camera's JPEG goes the short way, half as long as Pillow's."""
    short = data.startswith(JPEG) and 0 < megapixels(data) <= min(
        REDUCE_ABOVE_MEGAPIXELS, maximum_megapixels
    )
    if not short:
        return decode(data, maximum_megapixels=maximum_megapixels).pixels
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError("damaged JPEG picture", hint="图像已损坏，请重新拍摄。")
    return np.asarray(pixels, np.uint8)
