"""A photograph of the target becomes a measurement: the order of work."""

from __future__ import annotations

import math

import cv2
import numpy as np

from firmware_config.errors import InputError
from station.model import Noun
from station.target import layout, sfr
from station.target.colour import ColourError
from station.target.draw import MM_PER_INCH
from station.target.layout import Mm
from station.target.locate import View, located
from station.target.sfr import Response
from station.target.tone import Pixels, Tone, tone

NOMINAL: Mm = (layout.RULER_MM, layout.RULER_MM)
STEEPEST = 0.1
"""A print is never so far from its drawn size; a ruler read like that was misread."""
ALONG_PIXELS_DEG = 1.0


class Place(Noun, frozen=True, kw_only=True):
    """What is resolved at one of five places; across and down are the sheet's directions."""

    place: str
    dpi_across: float
    dpi_down: float
    across: Response | None
    down: Response | None

    @property
    def dpi(self) -> float:
        """Of both directions, their geometric mean."""
        return math.sqrt(self.dpi_across * self.dpi_down)

    @property
    def seen(self) -> tuple[Response, ...]:
        """The directions that could be measured; at least one."""
        return tuple(way for way in (self.across, self.down) if way is not None)

    @property
    def efficiency_percent(self) -> float:
        """The weaker direction's."""
        return min(way.efficiency_percent for way in self.seen)


class Measurement(Noun, frozen=True, kw_only=True):
    """What a station resolves, as measured.

    `dpi` is the mean of five places, `dpi_lowest` the lowest in either direction: what may be
    claimed; `px_per_mm` is the same. `effective_dpi` is what is resolved at the worst place: dpi
    times the sampling efficiency there ("empty resolution" shows here). `ruler_mm` are the printed
    rulers, across and down, as a person measured them; `ruler_checked` is false where nobody did.
    `highest_sfr` above 1 is sharpening. `off_mm` tells how flat the sheet lay.
    """

    dpi: float
    dpi_lowest: float
    px_per_mm: float
    effective_dpi: float
    efficiency_percent: float
    highest_sfr: float
    places: tuple[Place, ...]
    tone: Tone
    distortion_percent: float
    turn_deg: float
    off_mm: float
    fiducials: int
    ruler_mm: Mm
    ruler_checked: bool
    width_px: int
    height_px: int
    colour: ColourError | None = None


def measure(
    picture: Pixels, *, ruler_mm: Mm | None = None, colour: ColourError | None = None
) -> Measurement:
    """Measure a photograph (BGR uint8) of the target.

    Raises InputError, with a hint, where the target is absent, hidden, cut by the frame, too dark
    or too blurred, and for a ruler that cannot be.
    """
    stretch = _stretch(ruler_mm or NOMINAL)
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    view = located(grey, stretch=stretch)
    seen = tone(picture, view, stretch=stretch)
    codes = np.linspace(0, 1, 256) ** seen.gamma
    light = codes[grey]
    places = tuple(_place(light, view, name, stretch) for name in layout.SQUARES)
    lowest = min(min(place.dpi_across, place.dpi_down) for place in places)
    return Measurement(
        dpi=sum(place.dpi for place in places) / len(places),
        dpi_lowest=lowest,
        px_per_mm=lowest / MM_PER_INCH,
        effective_dpi=min(place.dpi * place.efficiency_percent / 100 for place in places),
        efficiency_percent=min(place.efficiency_percent for place in places),
        highest_sfr=max(way.highest for place in places for way in place.seen),
        places=places,
        tone=seen,
        distortion_percent=view.distortion_percent(),
        turn_deg=view.turn_deg(),
        off_mm=view.off_mm,
        fiducials=view.fiducials,
        ruler_mm=ruler_mm or NOMINAL,
        ruler_checked=ruler_mm is not None,
        width_px=view.width_px,
        height_px=view.height_px,
        colour=colour,
    )


def _stretch(ruler_mm: Mm) -> Mm:
    across, down = (mm / layout.RULER_MM for mm in ruler_mm)
    if max(abs(across - 1), abs(down - 1)) > STEEPEST:
        raise InputError(
            f"rulers of {ruler_mm[0]:g} and {ruler_mm[1]:g} mm; drawn were {layout.RULER_MM:g}",
            hint="标尺应在135至165毫米之间，请重新量一量，或按“实际大小 100%”重新打印靶纸。",
        )
    return across, down


def _place(light: sfr.Values, view: View, name: str, stretch: Mm) -> Place:
    x, y = layout.SQUARES[name]
    across, down = sfr.responses(light, view, (x, y), stretch=stretch)
    if across is None and down is None:
        raise _no_edge(view, name)
    dpi_across, dpi_down = view.dpi((x * stretch[0], y * stretch[1]))
    return Place(place=name, dpi_across=dpi_across, dpi_down=dpi_down, across=across, down=down)


def _no_edge(view: View, name: str) -> InputError:
    if sfr.slant_deg(view) < ALONG_PIXELS_DEG:
        return InputError(
            "the slanted edges lie along the pixels",
            hint="靶纸放歪了，斜方块的边正好与像素平行，请把靶纸摆正后重拍。",
        )
    return InputError(
        f"no measurable edge at {name}: blurred, too small or without contrast",
        hint="照片太模糊，无法测量。请擦净镜头、对好焦、放稳后重拍。",
    )
