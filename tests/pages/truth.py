"""What is true of a photograph: where the sheet and every line are, and what is wrong with it."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from tests.pages import hand
from tests.pages.camera import View
from tests.pages.paper import fold_region
from tests.pages.scene import Scene
from tests.pages.sheet import DPI, Sheet

Point = tuple[float, float]


class SeenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of writing. `page_box` and `picture_box` are TL, TR, BR, BL of its ink."""

    text: str
    page_box: tuple[Point, ...]
    picture_box: tuple[Point, ...]
    vertical: bool
    visible: bool
    """Whole within the frame, not under a finger or a folded corner."""


class SeenStamp(msgspec.Struct, frozen=True, kw_only=True):
    """A seal, chop or fingerprint; its words are not in `text`."""

    kind: str
    text: str
    picture_box: tuple[Point, ...]


class Pinhole(msgspec.Struct, frozen=True, kw_only=True):
    """The exact camera: page pixels by `matrix` to pinhole pixels, then the lens about `centre`.

    r' = r (1 + k1 r^2 + k2 r^4) with r in units of `radius_px`.
    """

    matrix: tuple[tuple[float, ...], ...]
    k1: float
    k2: float
    centre: Point
    radius_px: float


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one photograph. Whole numbers are pixel centres, as in OpenCV.

    `quad` TL, TR, BR, BL (as the text reads) of the whole sheet in picture pixels, outside the
    frame where it is cut; None on an empty desk. `homography` takes the page's corners to `quad`;
    inside, the lens moves points off it by a pixel or so, `pinhole` is exact everywhere.
    `skew_deg` is the clockwise turn of the text at the sheet's centre. `defects` name all that is
    special; `reasons` those a judge of pages should name (station.model.Reason).
    """

    genre: str
    situation: str
    seed: int
    width_px: int
    height_px: int
    page_width_px: int
    page_height_px: int
    page_dpi: int
    px_per_mm: float
    quad: tuple[Point, ...] | None
    homography: tuple[tuple[float, ...], ...] | None
    pinhole: Pinhole | None
    skew_deg: float | None
    text: str
    lines: tuple[SeenLine, ...]
    stamps: tuple[SeenStamp, ...]
    defects: tuple[str, ...]
    reasons: tuple[str, ...]
    scene: Scene


def told(sheet: Sheet, view: View, covered: np.ndarray, genre: str) -> Truth:
    """Tell the truth of the picture that `view` takes of `sheet`."""
    scene = view.scene
    lines = _lines(sheet, view, covered) if scene.page else ()
    stamps = sheet.stamps if scene.page else []
    return Truth(
        genre=genre if scene.page else "none",
        situation=scene.situation,
        seed=scene.seed,
        width_px=scene.width_px,
        height_px=scene.height_px,
        page_width_px=view.page_px[0],
        page_height_px=view.page_px[1],
        page_dpi=DPI,
        px_per_mm=round(view.px_per_mm, 4),
        quad=_points(view.picture(view.corners())) if scene.page else None,
        homography=_rows(view.homography()) if scene.page else None,
        pinhole=_pinhole(view) if scene.page else None,
        skew_deg=round(view.skew_deg(), 5) if scene.page else None,
        text="\n".join(line.text for line in lines if line.visible),
        lines=lines,
        stamps=tuple(
            SeenStamp(kind=s.kind, text=s.text, picture_box=_points(view.picture(np.array(s.box))))
            for s in stamps
        ),
        defects=defects(view),
        reasons=reasons(view, written=bool(sheet.lines)),
        scene=scene,
    )


def defects(view: View) -> tuple[str, ...]:
    """Name what is special about the picture, mild or severe."""
    scene = view.scene
    found = {
        "turned": abs(view.skew_deg()) > 3,
        "tilted": max(abs(scene.pose.tilt_x_deg), abs(scene.pose.tilt_y_deg)) > 6,
        "clutter": scene.clutter > 0,
        "shadow": scene.light.shadow > 0,
        "folded-corner": scene.paper.folded is not None,
        "creased": scene.paper.creases > 0.5,
        "stained": scene.paper.stains > 0,
        "yellowed": scene.paper.yellowing > 0.6,
        "faded": scene.paper.ink < 0.5,
        "noise": scene.sensor.noise > 6,
        "lens": abs(scene.lens.k1) > 0.02,
        "motion": scene.sensor.motion_mm > 0.3,
        "focus": scene.sensor.focus_mm > 0.3,
    }
    return tuple(name for name, true in found.items() if true)


def reasons(view: View, *, written: bool) -> tuple[str, ...]:
    """What a judge should find; thresholds are this photographer's own, for its own scenes."""
    scene = view.scene
    light = scene.light
    if not scene.page:
        return ("no-page",)
    blur_mm = max(scene.sensor.motion_mm, 2 * scene.sensor.focus_mm)
    found = {
        "cut": not _inside(view),
        "blurred": blur_mm > 0.9,
        "dark": light.exposure < 0.45,
        "bright": light.exposure > 1.4,
        "glare": light.glare > 0.5,
        "uneven-light": light.slope > 0.5 or light.shadow > 0.45,
        "hand": bool(scene.fingers),
        "blank": not written,
    }
    return tuple(name for name, true in found.items() if true)


def _lines(sheet: Sheet, view: View, covered: np.ndarray) -> tuple[SeenLine, ...]:
    lines = []
    for line in sheet.lines:
        page_box = np.array(line.box)
        box = view.picture(page_box)
        visible = not (_hidden(box, view, covered) or _under_fold(page_box, view))
        lines.append(
            SeenLine(
                text=line.text,
                page_box=_points(page_box),
                picture_box=_points(box),
                vertical=line.vertical,
                visible=visible,
            )
        )
    return tuple(lines)


def _hidden(box: np.ndarray, view: View, covered: np.ndarray) -> bool:
    """Whether the box leaves the frame or a finger touches it."""
    if (box < 0).any() or (box > 2 * view.centre).any():
        return True
    nodes = (box + 0.5) / hand.STEP + 0.5
    left, top = np.floor(nodes.min(axis=0)).astype(int)
    right, bottom = np.ceil(nodes.max(axis=0)).astype(int) + 1
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [np.round(nodes - (left, top)).astype(np.int32)], (1,))
    return bool((covered[top:bottom, left:right][inside > 0] > 0.1).any())


def _under_fold(page_box: np.ndarray, view: View) -> bool:
    folded = view.scene.paper
    if folded.folded is None:
        return False
    region = fold_region(folded.folded, folded.fold_mm, *view.page_px).astype(np.float32)
    area, _ = cv2.intersectConvexConvex(cv2.convexHull(region), page_box.astype(np.float32))
    return bool(area > 0)


def _inside(view: View) -> bool:
    quad = view.picture(view.corners())
    return bool((quad >= 0).all() and (quad <= 2 * view.centre).all())


def _pinhole(view: View) -> Pinhole:
    x, y = (float(value) for value in view.centre)
    lens = view.scene.lens
    matrix = view.page_to_pinhole / view.page_to_pinhole[2, 2]
    return Pinhole(
        matrix=_rows(matrix), k1=lens.k1, k2=lens.k2, centre=(x, y), radius_px=view.radius
    )


def _points(points: np.ndarray) -> tuple[Point, ...]:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in points)


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)
