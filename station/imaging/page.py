"""A frame's pixels become a page: find the sheet, straighten it, judge it."""

from __future__ import annotations

import time

import cv2
import msgspec
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.cradle import agrees
from station.imaging.find import Finding, find
from station.imaging.fingerprint import fingerprint_of
from station.imaging.judge import judge, trusted
from station.imaging.picture import Pixels, half_of
from station.imaging.rectangle import Matrix
from station.imaging.settle import settled
from station.imaging.sheet import measured
from station.imaging.spread import Spread, spread
from station.imaging.stand import Stand
from station.imaging.straighten import Straight, straighten
from station.model import Noun, Quad, Quality


class Dressed(Noun, frozen=True, kw_only=True):
    """A page as it is kept and read.

    `quad` is in pixels of the picture, or None when it is kept whole; `skew_deg` is how far the
    text in the picture is turned clockwise; `image` is the level page, BGR uint8; `fingerprint`
    goes to the next page as `previous`; `steps` made the image, `seconds` has find, straighten
    and judge.
    """

    quad: Quad | None
    confidence: float
    skew_deg: float
    quality: Quality
    image: Pixels
    fingerprint: bytes
    steps: tuple[str, ...]
    seconds: dict[str, float]


def dress(pixels: Pixels, stand: Stand, *, previous: bytes = b"") -> tuple[Dressed, ...]:
    """The pages in a picture (HxWx3 BGR uint8), one or more, in reading order.

    `previous` is the fingerprint of the page before. Never raises: what is no page gets a verdict.
    """
    started_s = time.perf_counter()
    half = half_of(pixels)
    finding = settled(find(pixels, half=half), stand.cradle, pixels)
    finding, book = parted(pixels, finding, stand.settings)
    quad = trusted(finding, stand.settings)
    moved = stand.cradle is not None and agrees(stand.cradle, finding, pixels).moved
    find_s = time.perf_counter() - started_s
    if book is None:
        return (_page(pixels, half, quad, finding, stand, previous, find_s, cradle_moved=moved),)
    leaves = (msgspec.structs.replace(finding, quad=quad) for quad in book.pages)
    return tuple(
        _page(
            *(pixels, half, leaf.quad, leaf, stand, b"" if place else previous, find_s),
            cradle_moved=moved,
        )
        for place, leaf in enumerate(leaves)
    )


def parted(pixels: Pixels, finding: Finding, settings: Imaging) -> tuple[Finding, Spread | None]:
    """What was found, and its two pages if it is an open book.

    A gutter vouches for a doubtful sheet: of 13 that showed one, drawn and real, all were right.
    """
    if finding.others or finding.kind == "none":
        return finding, None
    sheet = finding.quad if finding.kind == "sheet" else None
    book = spread(pixels, sheet, settings)
    if trusted(finding, settings) is not None or finding.kind == "whole":
        return finding, book
    if book is None or book.confidence < settings.find_confidence:
        return finding, None
    return msgspec.structs.replace(finding, confidence=book.confidence), book


def _page(
    pixels: Pixels,
    half: Pixels,
    quad: Quad | None,
    finding: Finding,
    stand: Stand,
    previous: bytes,
    find_s: float,
    *,
    cradle_moved: bool,
) -> Dressed:
    started_s = time.perf_counter()
    page = straighten(pixels, quad, doubtful=finding.quad, lens=stand.lens, half=half)
    straightened_s = time.perf_counter()
    height, width = page.image.shape[:2]
    sheet = measured(pixels, _outlined(page, quad), (width, height), quad, half=half)
    fingerprint = fingerprint_of(sheet)
    quality = judge(
        *(sheet, finding, stand.settings),
        now=fingerprint,
        previous=previous,
        px_per_mm=stand.px_per_mm,
        cradle_moved=cradle_moved,
    )
    return Dressed(
        quad=quad,
        confidence=finding.confidence,
        skew_deg=page.skew_deg,
        quality=quality,
        image=page.image,
        fingerprint=fingerprint,
        steps=page.steps,
        seconds={
            "find": find_s,
            "straighten": straightened_s - started_s,
            "judge": time.perf_counter() - straightened_s,
        },
    )


def _outlined(page: Straight, quad: Quad | None) -> Matrix:
    """The homography by which a sheet is judged: its corners lie right, whatever bends it."""
    if quad is None or page.lie is None:
        return page.to_page
    corners = np.array(quad, np.float64)
    matrix = cv2.getPerspectiveTransform(
        corners.astype(np.float32), page.placed(corners).astype(np.float32)
    )
    return np.asarray(matrix, np.float64)
