"""Is the picture of a page good enough? A verdict, its reasons, and the numbers behind them.

bad: take it again. check: someone should look. good: neither. The thresholds were set on public
pictures with known faults; they would rather miss a fault than stop good work.
"""

from __future__ import annotations

import cv2
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.find import Finding
from station.imaging.fingerprint import ALIKE, likeness
from station.imaging.hand import hand_share
from station.imaging.light import Light, light_of
from station.imaging.sharpness import Sharpness, sharpness_of
from station.imaging.sheet import Sheet
from station.model import Quality, Reason, Verdict

BLURRED = 4.0
"""Character heights per stroke thickness; `Imaging.sharpness_blurred` overrides it."""
BADLY_BLURRED = 0.78
"""Of that threshold."""
SHARP_EDGE_PX = 3.5
SMEARED = 1.65
BLACK, DARK = 40, 90
"""Grey levels: of the brightest part of a black frame, of the paper on a dark one."""
WASHED_OUT = 0.6
"""Share of pure white from which a photographed sheet is over-exposed; scans are white."""
FADED = 60
"""Grey level of the darker strokes; a scan is white too, but its ink stays black."""
UNEVEN = 0.58
GLARE = 0.004
LEAST_INK = 2.5e-5
"""Share of the page in strokes; one short word in pencil has ten times more."""
LEAST_STROKE_PX = 8
UNDOUBTED = 0.85
"""Confidence from which a frame without a page is to be taken again rather than looked at."""
MM_PER_INCH = 25.4


def judge(
    sheet: Sheet, finding: Finding, settings: Imaging, *, now: bytes, previous: bytes
) -> Quality:
    """The verdict on a sheet; `now` and `previous` are fingerprints of this page and the last."""
    light, sharpness, hand = light_of(sheet), sharpness_of(sheet), hand_share(sheet)
    ink, dpi, alike = _ink_share(sheet), _dpi(sheet, settings), likeness(previous, now)
    black = light.brightest < BLACK
    threshold = settings.sharpness_blurred or BLURRED
    no_page = finding.kind == "none" or (
        finding.kind == "sheet" and finding.confidence < settings.find_confidence
    )
    found: dict[Reason, bool] = {
        "no-page": no_page,
        "cut": finding.cut and not no_page,
        "blurred": _is_blurred(sharpness, threshold),
        "dark": black or (light.paper < DARK and not no_page),
        "bright": finding.kind == "sheet" and light.clipped > WASHED_OUT and light.ink > FADED,
        "glare": light.glare > GLARE and not no_page,
        "uneven-light": light.evenness < UNEVEN and not black,
        "hand": hand > 0,
        "blank": ink < LEAST_INK and not (black or no_page),
        "same": alike >= ALIKE,
        "low-dpi": 0 < dpi < settings.minimum_dpi,
    }
    empty = finding.kind == "none" and finding.confidence >= UNDOUBTED
    again = black or empty or _is_blurred(sharpness, threshold, badly=True)
    reasons = tuple(reason for reason, is_so in found.items() if is_so)
    numbers = _numbers(light, sharpness) | {"ink": ink, "hand": hand, "alike": alike, "dpi": dpi}
    return Quality(
        verdict=_verdict(again, reasons),
        reasons=reasons,
        numbers={name: round(value, 5) for name, value in numbers.items()},
    )


def _verdict(again: bool, reasons: tuple[Reason, ...]) -> Verdict:
    if again:
        return "bad"
    return "check" if reasons else "good"


def _is_blurred(sharpness: Sharpness | None, threshold: float, *, badly: bool = False) -> bool:
    if sharpness is None or sharpness.edge_px < SHARP_EDGE_PX:
        return False  # as sharp as its pixels allow: small, not blurred
    if badly:
        return sharpness.heights < threshold * BADLY_BLURRED
    moved = sharpness.smear > SMEARED and sharpness.heights < 2 * threshold
    return moved or sharpness.heights < threshold


def _ink_share(sheet: Sheet) -> float:
    """Share of the page in strokes of ink, dust left out."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(sheet.ink)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return float(areas[areas >= LEAST_STROKE_PX].sum() / max(1, np.count_nonzero(sheet.inside)))


def _dpi(sheet: Sheet, settings: Imaging) -> float:
    """Pixels per inch of the page, or 0 where the size of the sheet is unknown."""
    if settings.sheet_long_side_mm <= 0:
        return 0.0
    return float(max(sheet.grey.shape)) / settings.sheet_long_side_mm * MM_PER_INCH


def _numbers(light: Light, sharpness: Sharpness | None) -> dict[str, float]:
    numbers = {
        "paper": light.paper,
        "evenness": light.evenness,
        "clipped": light.clipped,
        "glare": light.glare,
    }
    if sharpness is None:
        return numbers
    return numbers | {
        "sharpness": sharpness.heights,
        "edge_px": sharpness.edge_px,
        "smear": sharpness.smear,
    }
