"""Spatial frequency response at slanted edges: ISO 12233's e-SFR.

As the standard and Burns (2000, "Slanted-edge MTF for digital camera and scanner analysis") have
it: the edge is found in every line by the centroid of the derivative, the lines are laid on one
another fourfold oversampled, and the derivative of the mean edge, Hamming-windowed, is
transformed; the response is corrected for the derivative (and here for the width of a bin). The
edge is fitted by a parabola, since a lens may bend it (as in ISO 12233:2023). Code values are made
linear before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from station.model import Noun
from station.target import layout
from station.target.locate import View

Values = NDArray[np.float64]

OVERSAMPLED = 4
ACROSS_MM, ALONG_MM = 4.0, 14.0
"""Half the width, and the length, of what is looked at around an edge."""
LEAST_LINES = 20
LEAST_CONTRAST = 0.05
"""Of full scale, in light."""
EMPTY = 0.15
"""Share of empty bins from which an edge lies along the pixels and tells nothing."""
PADDED = 8
FREQUENCIES = np.linspace(0.0, 1.0, 201)
"""Cycles per pixel; half is Nyquist's."""
NYQUIST = 0.5


class Response(Noun, frozen=True, kw_only=True):
    """What one place resolves in one direction; frequencies in cycles per pixel.

    `efficiency_percent` is MTF10 over Nyquist's frequency, at most 100. `highest` is the largest
    response up to Nyquist; above 1 the camera sharpens.
    """

    mtf50: float
    mtf10: float
    efficiency_percent: float
    highest: float


def responses(
    light: Values, view: View, centre: layout.Mm, *, stretch: layout.Mm = (1.0, 1.0)
) -> tuple[Response | None, Response | None]:
    """What the square at `centre` tells across and down the sheet; None where it tells nothing.

    `light` is HxW, linear, 0 to 1.
    """
    corners = view.pixels(np.array(layout.square(centre)) * stretch)
    reach_px = ACROSS_MM * float(np.hypot(*(corners[1] - corners[0]))) / layout.SQUARE_MM
    curves = [
        _curve(light, start, end, reach_px)
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    ]
    # The upper and lower edges of the square tell of the direction down the sheet.
    return _mean(curves[1], curves[3]), _mean(curves[0], curves[2])


def slant_deg(view: View) -> float:
    """The smallest angle between the pixels' rows or columns and the edges in the middle."""
    corners = view.pixels(np.array(layout.square(layout.SQUARES["centre"])))
    sides = np.roll(corners, -1, axis=0) - corners
    return float((np.degrees(np.arctan2(*np.sort(np.abs(sides), axis=1).T))).min())


def _mean(*curves: Values | None) -> Response | None:
    seen = [curve for curve in curves if curve is not None]
    return summed_up(np.mean(seen, axis=0)) if seen else None


def summed_up(curve: Values) -> Response:
    """The figures of a response over FREQUENCIES."""
    mtf10 = _falls_to(curve, 0.1)
    return Response(
        mtf50=_falls_to(curve, 0.5),
        mtf10=mtf10,
        efficiency_percent=100 * min(1.0, mtf10 / NYQUIST),
        highest=float(curve[FREQUENCIES <= NYQUIST].max()),
    )


def _falls_to(curve: Values, level: float) -> float:
    below = np.flatnonzero(curve < level)
    if not below.size:
        return float(FREQUENCIES[-1])
    after = int(below[0])
    here, before = curve[after], curve[after - 1]
    step = FREQUENCIES[1]
    return float(FREQUENCIES[after] - step * (level - here) / (before - here))


def _curve(light: Values, start: Values, end: Values, reach_px: float) -> Values | None:
    """The response over FREQUENCIES at the edge from `start` to `end`, in pixels x, y."""
    if abs(end[0] - start[0]) > abs(end[1] - start[1]):
        light, start, end = light.T, start[::-1], end[::-1]
    lines = _lines(start, end)
    slope = (end[0] - start[0]) / (end[1] - start[1])
    expected = start[0] + (lines - start[1]) * slope
    reach = round(reach_px)
    columns = np.rint(expected).astype(int)[:, None] + np.arange(-reach, reach + 1)
    if len(lines) < LEAST_LINES or lines[0] < 0 or lines[-1] >= light.shape[0]:
        return None
    if columns.min() < 0 or columns.max() >= light.shape[1]:
        return None
    values = light[lines[:, None], columns]
    tenth = max(2, reach // 4)
    left, right = values[:, :tenth].mean(), values[:, -tenth:].mean()
    if abs(right - left) < LEAST_CONTRAST:
        return None
    values = (values - left) / (right - left)
    edge = _edge(values, columns, lines, expected)
    lean = np.polyval(np.polyder(edge), (lines - lines.mean()))
    beside = (columns - np.polyval(edge, lines - lines.mean())[:, None]) / np.hypot(1, lean)[
        :, None
    ]
    return _transformed(values, beside, reach)


def _lines(start: Values, end: Values) -> NDArray[np.int64]:
    share = ALONG_MM / layout.SQUARE_MM / 2
    ends = sorted((0.5 - share) * (end[1] - start[1]) * np.array([1, -1]) + (start[1], end[1]))
    return np.arange(int(np.ceil(ends[0])), int(np.floor(ends[1])) + 1)


def _edge(
    values: Values, columns: NDArray[np.int64], lines: NDArray[np.int64], expected: Values
) -> Values:
    """A parabola through the edge's place in every line; looked at twice, closer."""
    steps = np.diff(values, axis=1)
    middles = (columns[:, 1:] + columns[:, :-1]) / 2
    height = lines - lines.mean()
    where = expected
    for share in (1.0, 0.6):
        reach = share * steps.shape[1] / 2
        off = middles - where[:, None]
        window = np.where(np.abs(off) < reach, 0.54 + 0.46 * np.cos(np.pi * off / reach), 0.0)
        weight = steps * window
        total = weight.sum(axis=1)
        total = np.where(np.abs(total) < 0.2, np.nan, total)
        seen = where + (weight * off).sum(axis=1) / total
        good = np.isfinite(seen) & (np.abs(seen - where) < reach)
        if np.count_nonzero(good) < LEAST_LINES:
            return np.asarray(np.polyfit(height, expected, 2), np.float64)
        edge = np.polyfit(height[good], seen[good], 2)
        where = np.polyval(edge, height)
    return np.asarray(edge, np.float64)


def _transformed(values: Values, beside: Values, reach: int) -> Values | None:
    profile = _profile(values, beside, reach)
    if profile is None:
        return None
    # Only as much beside the edge as it needs, so that noise is not counted in.
    rise = np.flatnonzero((profile > 0.1) & (profile < 0.9))
    width = (np.ptp(rise) + 1) / OVERSAMPLED if rise.size else 1.0
    if width > reach:
        return None
    half = min(len(profile) // 2 - 2, round(OVERSAMPLED * (4 * width + 8)))
    middle = len(profile) // 2
    spread = (profile[2:] - profile[:-2])[middle - 1 - half : middle + half] / 2
    spread = spread * np.hamming(len(spread))
    length = PADDED * len(spread)
    response = np.abs(np.fft.rfft(spread, length))
    at = np.fft.rfftfreq(length, 1 / OVERSAMPLED)
    correction = np.sinc(2 * at / OVERSAMPLED) * np.sinc(at / OVERSAMPLED)
    response = response / response[0] / np.maximum(correction, 0.1)
    return np.asarray(np.interp(FREQUENCIES, at, response), np.float64)


def _profile(values: Values, beside: Values, reach: int) -> Values | None:
    """The edge fourfold oversampled; None when it lies along the pixels."""
    half = OVERSAMPLED * (reach - 2)
    place = np.rint(beside * OVERSAMPLED).astype(int) + half
    inside = (place >= 0) & (place <= 2 * half)
    count = np.bincount(place[inside], minlength=2 * half + 1)
    total = np.bincount(place[inside], values[inside], minlength=2 * half + 1)
    filled = np.flatnonzero(count)
    if half < OVERSAMPLED * 4 or len(filled) < (1 - EMPTY) * len(count):
        return None
    mean = total[filled] / count[filled]
    return np.asarray(np.interp(np.arange(2 * half + 1), filled, mean), np.float64)
