"""Is the picture of a page good enough? A verdict, its reasons, and the numbers behind them.

Every reason has two limits (firmware_config.schema.Judging): from the first a person should look,
from the second there is no doubt. bad: a sure reason that another exposure mends; take it again.
check: any other reason. good: none.
"""

from __future__ import annotations

import cv2
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.find import Finding
from station.imaging.fingerprint import likeness
from station.imaging.hand import Hand, hand_of
from station.imaging.light import Light, light_of
from station.imaging.sharpness import CHARACTER_PX, Sharpness, sharpness_of
from station.imaging.sheet import Sheet
from station.model import Noun, Quad, Quality, Reason, Verdict

MENDED_BY_ANOTHER: frozenset[Reason] = frozenset(
    {"no-page", "cut", "blurred", "dark", "bright", "glare", "hand"}
)
BLACK = 40
"""Grey level of the brightest part of a frame in which nothing can be seen."""
SHADED = 120
"""A page of which nothing is brighter is dark, and not only of dark paper."""
FADED = 60
"""Grey level of the darker strokes; a scan is white too, but its ink stays black."""
PICTURED = 0.8
"""Where the margins are lit more evenly than that, the dark is a picture on the page."""
LEAST_STROKE_PX = 8
CRISP = 99.0
"""The `sharpness` of a page without enough writing to tell."""
MM_PER_INCH = 25.4


class Degree(Noun, frozen=True, kw_only=True):
    """How far a reason holds: in doubt, or surely."""

    holds: bool
    sure: bool


class Measures(Noun, frozen=True, kw_only=True):
    """All that is measured on one page; `dpi` is 0 where the size of the sheet is unknown."""

    light: Light
    sharpness: Sharpness | None
    hand: Hand
    ink: float
    alike: float
    dpi: float

    @property
    def sharp(self) -> float:
        """How many edges of strokes fit in a character."""
        return CHARACTER_PX / self.sharpness.smear_px if self.sharpness else CRISP

    @property
    def sharpest(self) -> float:
        """The same in the sharper quarter of the page."""
        return CHARACTER_PX / self.sharpness.sharpest_px if self.sharpness else CRISP

    @property
    def black(self) -> bool:
        """Whether nothing can be seen."""
        return self.light.brightest < BLACK

    def numbers(self) -> dict[str, float]:
        """What is told beside the verdict."""
        light, sharpness = self.light, self.sharpness
        told = {
            "paper": light.paper,
            "evenness": light.evenness,
            "margins": light.margins,
            "clipped": light.clipped,
            "glare": light.glare,
            "ink": self.ink,
            "hand": self.hand.share,
            "alike": self.alike,
            "dpi": self.dpi,
        }
        if sharpness:
            told |= {
                "sharpness": self.sharp,
                "moved": sharpness.moved,
                "text_px": sharpness.text_px,
            }
        return {name: round(value, 5) for name, value in told.items()}


def judge(
    sheet: Sheet,
    finding: Finding,
    settings: Imaging,
    *,
    now: bytes,
    previous: bytes,
    px_per_mm: float = 0.0,
) -> Quality:
    """The verdict on a sheet; `now` and `previous` are fingerprints of this page and the last.

    `px_per_mm` is that of the frame on the sheet where a cradle's geometry was learned.
    """
    seen = Measures(
        light=light_of(sheet),
        sharpness=sharpness_of(sheet),
        hand=hand_of(sheet),
        ink=_ink_share(sheet),
        alike=likeness(previous, now),
        dpi=_dpi(sheet, settings, px_per_mm),
    )
    degrees = _found(finding, settings) | _seen(seen, finding, settings)
    reasons = tuple(reason for reason, degree in degrees.items() if degree.holds)
    sure = tuple(reason for reason in reasons if degrees[reason].sure)
    return Quality(
        verdict=_verdict(reasons, sure), reasons=reasons, sure=sure, numbers=seen.numbers()
    )


def trusted(finding: Finding, settings: Imaging) -> Quad | None:
    """The sheet's corners, unless they are too doubtful to crop by."""
    sure = finding.kind == "sheet" and finding.confidence >= settings.find_confidence
    return finding.quad if sure else None


def _verdict(reasons: tuple[Reason, ...], sure: tuple[Reason, ...]) -> Verdict:
    if MENDED_BY_ANOTHER.intersection(sure):
        return "bad"
    return "check" if reasons else "good"


def _found(finding: Finding, settings: Imaging) -> dict[Reason, Degree]:
    """What the search for the sheet already says."""
    limits = settings.judging
    none = finding.kind == "none"
    doubtful = finding.kind == "sheet" and finding.confidence < settings.find_confidence
    cut = finding.confidence if finding.cut and not doubtful else 0.0
    return {
        "no-page": Degree(
            holds=none or doubtful, sure=none and finding.confidence >= limits.no_page[1]
        ),
        "cut": _over(cut, limits.cut),
    }


def _seen(seen: Measures, finding: Finding, settings: Imaging) -> dict[Reason, Degree]:
    """What the page itself shows; on a frame without one, little can be said."""
    limits, light = settings.judging, seen.light
    page = finding.kind != "none" and (
        finding.kind == "whole" or finding.confidence >= settings.find_confidence
    )
    photographed = page and finding.kind == "sheet"
    lit = light.paper >= limits.dark[0]
    shaded = photographed and light.brightest < SHADED
    bright = _over(light.clipped, limits.bright)
    return {
        "blurred": _only(_blurred(seen, settings), True, sure=page and lit),
        "dark": Degree(holds=True, sure=True)
        if seen.black
        else _only(_under(light.paper, limits.dark), page, sure=shaded),
        "bright": _only(bright, photographed, sure=light.ink > FADED),
        "glare": _only(_over(light.glare, limits.glare), page, sure=photographed),
        "uneven-light": _only(
            _under(light.evenness, limits.uneven_light),
            light.margins < PICTURED and not seen.black,
            sure=lit and light.margins < limits.uneven_light[1] and not seen.hand.share,
        ),
        "hand": _only(_over(seen.hand.share, limits.hand), True, sure=page and seen.hand.sure),
        "blank": _only(_under(seen.ink, limits.blank), page and not seen.black, sure=photographed),
        "same": _over(seen.alike, limits.same),
        "low-dpi": Degree(
            holds=0 < seen.dpi < settings.minimum_dpi, sure=0 < seen.dpi < settings.minimum_dpi
        ),
    }


def _blurred(seen: Measures, settings: Imaging) -> Degree:
    """Surely blurred is a page only where its sharpest writing is."""
    first, last = settings.judging.blurred
    return Degree(holds=seen.sharp < first, sure=max(seen.sharp, seen.sharpest) < last)


def _over(value: float, limits: tuple[float, float]) -> Degree:
    return Degree(holds=value >= limits[0], sure=value >= limits[1])


def _under(value: float, limits: tuple[float, float]) -> Degree:
    return Degree(holds=value < limits[0], sure=value < limits[1])


def _only(degree: Degree, possible: bool, *, sure: bool = True) -> Degree:
    """A reason that holds only where it is `possible`, and surely only where that is `sure`."""
    return Degree(holds=degree.holds and possible, sure=degree.sure and possible and sure)


def _ink_share(sheet: Sheet) -> float:
    """Share of the page in strokes of ink, dust left out."""
    areas = sheet.pieces[:, cv2.CC_STAT_AREA]
    return float(areas[areas >= LEAST_STROKE_PX].sum() / max(1, np.count_nonzero(sheet.inside)))


def _dpi(sheet: Sheet, settings: Imaging, px_per_mm: float) -> float:
    """Pixels per inch of the page, or 0 where neither cradle nor sheet tell."""
    if px_per_mm > 0:
        return px_per_mm * MM_PER_INCH
    if settings.sheet_long_side_mm <= 0:
        return 0.0
    return sheet.long_side_px / settings.sheet_long_side_mm * MM_PER_INCH
