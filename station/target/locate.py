"""Finds the target in a photograph by its fiducials, and how the lens bends it.

The view is a plane seen through a pinhole and a lens with two radial terms about the frame's
centre (Brown 1971). All of it is fitted to the fiducials' corners at once.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from firmware_config.errors import InputError
from station.model import Noun
from station.target import layout
from station.target.draw import MM_PER_INCH, Grey
from station.target.layout import Points

FEWEST_TO_SPEAK_OF = 3
FEWEST = 8
"""Of twelve: with eight, both terms of the lens are still well held."""
SEARCHES_PX = (1000, 2000, 500)
"""Fiducials are looked for in pictures of these lengths until all are seen: noise and blur hide
some from a large one, distance others from a small one. They are refined in the whole picture."""
CORNER_REACH = 0.3
"""How far around a corner it is refined, in cells of its fiducial."""
STRAY = 0.02
"""Of the frame's longer side: a fiducial farther off than this is another sheet's."""
LEAST_STRAY_PX = 0.1
SECOND_TERM_EARNS = 0.6
"""Of the residual with one term of the lens: below it, the second is believed."""

Matrix = NDArray[np.float64]


class View(Noun, frozen=True, kw_only=True):
    """Where the target is seen. `matrix` is 3 x 3, target millimetres to pixels of the pinhole;
    `lens` are k1 and k2 over the half diagonal of the frame; `off_mm` is how far fiducials lie
    from where the fit has them, root mean square.
    """

    matrix: Matrix
    lens: tuple[float, float]
    width_px: int
    height_px: int
    fiducials: int
    off_mm: float

    @property
    def centre(self) -> Points:
        """The middle of the frame."""
        return np.array([(self.width_px - 1) / 2, (self.height_px - 1) / 2])

    @property
    def half_diagonal_px(self) -> float:
        """What the lens' terms are relative to."""
        return math.hypot(self.width_px, self.height_px) / 2

    def pixels(self, mm: Points) -> Points:
        """Where millimetres on the target, ... x 2, are seen."""
        homogeneous = np.concatenate([mm, np.ones((*mm.shape[:-1], 1))], axis=-1) @ self.matrix.T
        out = homogeneous[..., :2] / homogeneous[..., 2:] - self.centre
        return np.asarray(self.centre + out * (1 + self.bend(out)), np.float64)

    def bend(self, out: Points) -> Points:
        """By what share the lens moves points that lie `out` of the centre; ... x 1."""
        square = (out**2).sum(axis=-1, keepdims=True) / self.half_diagonal_px**2
        return np.asarray(square * (self.lens[0] + self.lens[1] * square), np.float64)

    def jacobian(self, mm: layout.Mm) -> Matrix:
        """Pixels per millimetre at a place, 2 x 2: columns are across and down the sheet."""
        step = 0.5
        x, y = mm
        ends = self.pixels(np.array([(x + step, y), (x - step, y), (x, y + step), (x, y - step)]))
        return np.stack([ends[0] - ends[1], ends[2] - ends[3]], axis=1) / (2 * step)

    def dpi(self, mm: layout.Mm) -> tuple[float, float]:
        """Pixels per inch across and down the sheet at a place."""
        across, down = np.hypot(*self.jacobian(mm)) * MM_PER_INCH
        return float(across), float(down)

    def distortion_percent(self) -> float:
        """How far the lens moves the sheet's outermost corner: positive is pincushion."""
        ends = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
        bare = (
            replace(self, lens=(0.0, 0.0)).pixels(ends * (layout.WIDTH_MM, layout.HEIGHT_MM))
            - self.centre
        )
        bend = self.bend(bare)[:, 0]
        return 100 * float(bend[np.abs(bend).argmax()])

    def turn_deg(self) -> float:
        """How far the sheet lies turned clockwise in the frame."""
        across = self.jacobian(layout.MIDDLE)[:, 0]
        return math.degrees(math.atan2(across[1], across[0]))


def located(grey: Grey, *, stretch: tuple[float, float] = (1.0, 1.0)) -> View:
    """The view of the one target in a picture.

    `stretch` is real over nominal millimetres of this print, across and down. Raises InputError
    when there is no target, too little of it, or when it is not whole in the frame.
    """
    found, known = _fiducials(grey), layout.marker_corners()
    if len(found) < FEWEST_TO_SPEAK_OF:
        raise InputError(
            f"no target in the picture ({len(found)} fiducials)",
            hint="照片里没有找到靶纸。请把靶纸放平、摆正、照亮，整张拍进去。",
        )
    if len(found) < FEWEST:
        raise InputError(
            f"only {len(found)} of {len(known)} fiducials are seen; {FEWEST} are needed",
            hint=f"靶纸四周的方块只认出{len(found)}个，没有拍全或被遮住，请移开遮挡，整张入镜重拍。",
        )
    numbers = sorted(found)
    mm = np.array([_crossing(known[number]) for number in numbers]) * stretch
    px = np.array([_crossing(found[number]) for number in numbers])
    view = _fitted(mm, px, grey.shape[::-1], len(found))
    _refuse_cut(view, stretch)
    return view


def _refuse_cut(view: View, stretch: tuple[float, float]) -> None:
    ends = np.concatenate(list(layout.marker_corners().values())) * stretch
    seen = view.pixels(ends)
    if (seen < 0).any() or (seen > (view.width_px - 1, view.height_px - 1)).any():
        raise InputError(
            "the target is cut by the frame",
            hint="靶纸没有拍全，请把整张靶纸放进画面后重拍。",
        )


def _fiducials(grey: Grey) -> dict[int, Points]:
    """Corners by number, 4 x 2, in pixels of `grey`."""
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(layout.MARKERS))
    known, rough = layout.marker_corners(), dict[int, Points]()
    for length in SEARCHES_PX:
        if len(rough) == len(known):
            break
        scale = min(1.0, length / max(grey.shape))
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        corners, numbers, _ = detector.detectMarkers(small)
        for number, corner in zip([] if numbers is None else numbers.ravel(), corners, strict=True):
            if int(number) in known:
                rough.setdefault(int(number), (corner.reshape(4, 2) + 0.5) / scale - 0.5)
    return {number: _refined(grey, corners) for number, corners in rough.items()}


def _refined(grey: Grey, corners: Points) -> Points:
    side = float(np.hypot(*(corners - np.roll(corners, 1, axis=0)).T).min())
    reach = max(2, round(side / layout.MARKER_CELLS * CORNER_REACH * 2))
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 40, 0.005)
    start = corners.astype(np.float32).reshape(-1, 1, 2)
    exact = cv2.cornerSubPix(grey, start, (reach, reach), (-1, -1), until).reshape(4, 2)
    return np.asarray(exact, np.float64)


def _crossing(corners: Points) -> Points:
    """Where the diagonals meet: blur draws corners inward, but not this."""
    a, b, c, d = corners
    slopes = np.stack([c - a, b - d], axis=1)
    along, _ = np.linalg.solve(slopes, b - a)
    return np.asarray(a + along * (c - a), np.float64)


def _fitted(mm: Points, px: Points, size: tuple[int, int], fiducials: int) -> View:
    """The plane by four of the fiducials' choice, then plane and lens by all that agree."""
    start, inside = cv2.findHomography(mm, px, cv2.RANSAC, STRAY * max(size))
    if start is None or np.count_nonzero(inside) < FEWEST:
        raise InputError(
            "the fiducials do not lie on one sheet",
            hint="画面里的方块不在同一张靶纸上。请只放一张靶纸，压平后重拍。",
        )
    keep = inside.ravel() > 0
    first = View(
        matrix=np.asarray(start / start[2, 2], np.float64),
        lens=(0.0, 0.0),
        width_px=size[0],
        height_px=size[1],
        fiducials=fiducials,
        off_mm=0.0,
    )
    view = _least_squares(first, mm[keep], px[keep], terms=2)
    # In a poor picture a corner may have been refined onto its neighbour.
    off_px = np.hypot(*(px - view.pixels(mm)).T)
    agrees = off_px < 4 * max(float(np.median(off_px)), LEAST_STRAY_PX)
    keep = agrees if np.count_nonzero(agrees) >= FEWEST else keep
    views = [_least_squares(first, mm[keep], px[keep], terms=terms) for terms in (1, 2)]
    # The second term must earn its place: noise alone bends it at the corners.
    return views[views[1].off_mm < SECOND_TERM_EARNS * views[0].off_mm]


def _least_squares(start: View, mm: Points, px: Points, *, terms: int) -> View:
    """Gauss-Newton over the eight numbers of the plane and `terms` of the lens."""
    unit = np.array([1e-4, 1e-4, 1e-2, 1e-4, 1e-4, 1e-2, 1e-8, 1e-8, 1e-5, 1e-5])[: 8 + terms]
    numbers = np.append(start.matrix.ravel()[:8], np.zeros(terms))

    def view(numbers: Points) -> View:
        lens = (float(numbers[8]), float(numbers[9]) if terms > 1 else 0.0)
        matrix = np.append(numbers[:8], 1.0).reshape(3, 3)
        return replace(start, matrix=matrix, lens=lens)

    for _ in range(12):
        missing = (px - view(numbers).pixels(mm)).ravel()
        slopes = [
            (view(numbers + step).pixels(mm) - view(numbers - step).pixels(mm)).ravel() / 2
            for step in np.diag(unit)
        ]
        numbers = numbers + unit * np.linalg.lstsq(np.stack(slopes, 1), missing, rcond=None)[0]
    best = view(numbers)
    px_per_mm = math.sqrt(abs(np.linalg.det(best.jacobian(layout.MIDDLE))))
    missing_px = np.hypot(*(px - best.pixels(mm)).T)
    return replace(best, off_mm=float(np.sqrt((missing_px**2).mean()) / px_per_mm))
