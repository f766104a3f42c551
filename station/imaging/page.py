"""A frame's pixels become a page: find the sheet, straighten it, judge it."""

from __future__ import annotations

import time

from firmware_config.schema import Imaging
from station.imaging.find import find
from station.imaging.fingerprint import fingerprint_of
from station.imaging.judge import judge, trusted
from station.imaging.picture import Pixels
from station.imaging.sheet import measured
from station.imaging.straighten import straighten
from station.model import Noun, Quad, Quality


class Dressed(Noun, frozen=True, kw_only=True):
    """A page as it is kept and read.

    `part` counts the pages of an open book from 0, in reading order; `quad` is in pixels of the
    picture, or None when it is kept whole; `skew_deg` is how far the
    text in the picture is turned clockwise; `image` is the level page, BGR uint8; `fingerprint`
    goes to the next page as `previous`; `steps` made the image, `seconds` has find, straighten
    and judge.
    """

    part: int
    quad: Quad | None
    confidence: float
    skew_deg: float
    quality: Quality
    image: Pixels
    fingerprint: bytes
    steps: tuple[str, ...]
    seconds: dict[str, float]


def dress(pixels: Pixels, settings: Imaging, *, previous: bytes = b"") -> tuple[Dressed, ...]:
    """The pages in a picture (HxWx3 BGR uint8), one or more, in reading order.

    Never raises: what is no page gets a verdict.
    """
    started = time.perf_counter()
    finding = find(pixels)
    found = time.perf_counter()
    quad = trusted(finding, settings)
    page = straighten(pixels, quad, doubtful=finding.quad)
    straightened = time.perf_counter()
    height, width = page.image.shape[:2]
    sheet = measured(pixels, page.to_page, (width, height), quad)
    fingerprint = fingerprint_of(sheet)
    quality = judge(sheet, finding, settings, now=fingerprint, previous=previous)
    judged = time.perf_counter()
    dressed = Dressed(
        part=0,
        quad=quad,
        confidence=finding.confidence,
        skew_deg=page.skew_deg,
        quality=quality,
        image=page.image,
        fingerprint=fingerprint,
        steps=page.steps,
        seconds={
            "find": found - started,
            "straighten": straightened - found,
            "judge": judged - straightened,
        },
    )
    return (dressed,)
