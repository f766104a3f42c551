"""Is this the page before once more? Compared stroke by stroke, because forms are alike.

A fingerprint is a small picture of the ink, 384 px long, as a JPEG of at most 8 KB: fine enough to
tell one character from another, so that forms that differ in a name are not the same page.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey
from station.imaging.sheet import Sheet

Floats = NDArray[np.float32]

LONG_SIDE_PX = 384
LIMIT_BYTES = 8192
QUALITIES = (80, 60, 45, 30, 20, 12, 6, 2)
LEAST_INK = 0.002
"""Share of the page in strokes; emptier pages are never called the same."""
WINDOW_PX = 11
"""About two characters of a printed page."""
WORST_PERCENT = 0.2
"""Of the inked windows; a changed character fills more, a speck less."""
LEAST_INKED = 0.3
"""Of the ink in the fullest windows; in emptier ones a speck weighs too much."""
LEAST_LIKELY = 0.5


def fingerprint_of(sheet: Sheet) -> bytes:
    """What the next page is compared with; empty for a page without ink."""
    if np.count_nonzero(sheet.ink) < LEAST_INK * np.count_nonzero(sheet.inside):
        return b""
    surface = cv2.resize(sheet.surface, sheet.small.shape[::-1], interpolation=cv2.INTER_LINEAR)
    strokes = cv2.dilate(sheet.ink, np.ones((3, 3), np.uint8))
    darker = cv2.bitwise_and(cv2.subtract(surface, sheet.small), strokes)
    ratio = LONG_SIDE_PX / max(darker.shape)
    size = tuple(max(1, round(side * ratio)) for side in darker.shape[::-1])
    ink = cv2.resize(darker, size, interpolation=cv2.INTER_AREA)
    strongest = float(np.percentile(ink[ink > 0], 95)) if ink.any() else 255.0
    return _packed(np.asarray(np.clip(ink * (200.0 / strongest), 0, 255), np.uint8))


def _packed(ink: Grey) -> bytes:
    for quality in QUALITIES:
        data = cv2.imencode(".jpg", ink, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= LIMIT_BYTES:
            return data
    return b""


def likeness(one: bytes, other: bytes) -> float:
    """How alike two pages are in the place where they are least alike, 0 to 1.

    0 for pages of different shape, for an empty fingerprint and for what is none.
    """
    first, second = _unpacked(one), _unpacked(other)
    if first is None or second is None:
        return 0.0
    if any(
        abs(a - b) > 0.03 * LONG_SIDE_PX for a, b in zip(first.shape, second.shape, strict=True)
    ):
        return 0.0
    size = (first.shape[1], first.shape[0])
    second = np.asarray(cv2.resize(second, size, interpolation=cv2.INTER_LINEAR), np.float32)
    if _blurred_correlation(first, second) < LEAST_LIKELY:
        return 0.0
    laid = _laid_on(first, second)
    return 0.0 if laid is None else _least_alike(first, laid)


def _unpacked(fingerprint: bytes) -> Floats | None:
    if not fingerprint:
        return None
    ink = cv2.imdecode(np.frombuffer(fingerprint, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if ink is None else cv2.GaussianBlur(ink, (0, 0), 0.8).astype(np.float32)


def _blurred_correlation(first: Floats, second: Floats) -> float:
    """Whether it is worth laying one on the other, which costs a hundred times more."""
    one, other = (cv2.GaussianBlur(page, (0, 0), 5.0).ravel() for page in (first, second))
    spread = float(one.std() * other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / max(spread, 1e-6)


def _laid_on(first: Floats, second: Floats) -> Floats | None:
    """`second` moved onto `first` (it was found and turned a little differently), if it fits."""
    start, whole = np.eye(2, 3, dtype=np.float32), np.full(first.shape, 255, np.uint8)
    rules = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    try:
        likely, moved = cv2.findTransformECC(
            first, second, start, cv2.MOTION_AFFINE, rules, whole, 5
        )
    except cv2.error:  # it does not converge: the pages have nothing in common
        return None
    if likely < LEAST_LIKELY:
        return None
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(second, moved, first.shape[::-1], flags=how), np.float32)


def _least_alike(first: Floats, second: Floats) -> float:
    """The lowest local correlation, over the windows in which either page has ink."""
    window = (WINDOW_PX, WINDOW_PX)
    mean = [cv2.blur(page, window) for page in (first, second)]
    power = [
        cv2.blur(page * page, window) - m * m for page, m in zip((first, second), mean, strict=True)
    ]
    both = cv2.blur(first * second, window) - mean[0] * mean[1]
    inked = np.maximum(power[0], power[1])
    floor = LEAST_INKED * float(np.percentile(inked, 98)) + 1.0
    alike = both / np.sqrt(np.maximum(power[0], 1.0) * np.maximum(power[1], 1.0))
    seen = alike[inked > floor]
    return float(np.clip(np.percentile(seen, WORST_PERCENT), 0.0, 1.0)) if seen.size else 0.0
