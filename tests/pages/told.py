"""Telling the truth of a photograph that was just taken."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages import hand
from tests.pages.arrange import Arrangement
from tests.pages.camera import View
from tests.pages.document import Genre
from tests.pages.lay import Lay
from tests.pages.leaf import Leaf
from tests.pages.measure import Fields, defects, measured, reasons
from tests.pages.sheet import DPI, Square
from tests.pages.truth import (
    Matrix,
    Mesh,
    Pinhole,
    Point,
    SeenCell,
    SeenGrid,
    SeenLine,
    SeenPage,
    SeenStamp,
    Truth,
)
from tests.pages.wear import fold_region

SIDES = ("left", "top", "right", "bottom")


def told(
    group: Arrangement,
    leaves: list[Leaf],
    genre: Genre,
    genres: tuple[Genre, ...],
    fields: Fields,
    cover: np.ndarray,
) -> Truth:
    """The truth of `group` as photographed; without a page, only the scene's."""
    view, scene = group.view, group.view.scene
    if not scene.page:
        leaves = []
    pages = tuple(_page(one, name) for one, name in zip(leaves, genres, strict=False))
    lines = tuple(line for n, one in enumerate(leaves) for line in _lines(one, n, cover))
    measures = measured(view, leaves, fields, cover)
    first = pages[0] if pages else None
    spread = group.gutter is not None
    outer = _outer(group.lays) if spread else None
    alone = first is not None and not spread
    size = view.page_px if spread or not first else (first.page_width_px, first.page_height_px)
    return Truth(
        genre=genre if scene.page else "none",
        situation=scene.situation,
        seed=scene.seed,
        width_px=scene.width_px,
        height_px=scene.height_px,
        page_width_px=size[0],
        page_height_px=size[1],
        page_dpi=DPI,
        px_per_mm=round(view.px_per_mm, 4),
        quad=(outer[0] if outer else first.quad) if first else None,
        homography=(outer[1] if outer else first.homography) if first else None,
        pinhole=first.pinhole if first and alone else None,
        skew_deg=(round(view.skew_deg(), 5) if spread else first.skew_deg) if first else None,
        text="\n".join(line.text for line in lines if line.visible),
        lines=lines,
        stamps=tuple(stamp for one in leaves for stamp in _stamps(one.lay)),
        defects=defects(view, pages, measures),
        reasons=reasons(view, pages, measures, written=bool(lines)),
        scene=scene,
        pages=pages,
        gutter=_points(np.array(group.gutter)) if pages and group.gutter else None,
        grids=tuple(grid for n, one in enumerate(leaves) for grid in _grids(one, n)),
        measures=measures,
        exif=scene.exif,
    )


def _page(one: Leaf, genre: Genre) -> SeenPage:
    lay = one.lay
    skew = lay.skew_deg()
    _, outline = _outline(lay)
    width, height = lay.view.scene.width_px, lay.view.scene.height_px
    low, high = outline.min(axis=0), outline.max(axis=0)
    over = (low[0] < -0.5, low[1] < -0.5, high[0] > width - 0.5, high[1] > height - 0.5)
    return SeenPage(
        genre=genre,
        page_width_px=lay.page_px[0],
        page_height_px=lay.page_px[1],
        quad=_points(lay.quad()),
        homography=_rows(lay.homography()),
        pinhole=_pinhole(lay),
        mesh=_mesh(lay) if lay.profile else None,
        skew_deg=round(skew, 5),
        quarter_turns=round(skew / 90) % 4,
        dpi=round(lay.px_per_mm() * 25.4, 2),
        cut_sides=tuple(side for side, true in zip(SIDES, over, strict=True) if true),
        outside_share=_outside(outline, width, height),
        missing_share=_missing(one),
    )


def _outer(lays: tuple[Lay, ...]) -> tuple[tuple[Point, ...], Matrix]:
    """The open book's quad, and the homography from both pages side by side."""
    left, right = sorted(lays, key=lambda lay: lay.to_mm[0, 2])
    a, b = left.quad(), right.quad()
    quad = np.stack((a[0], b[1], b[2], a[3]))
    board = left.view.corners()
    matrix = cv2.getPerspectiveTransform(board.astype(np.float32), quad.astype(np.float32))
    return _points(quad), _rows(matrix)


def _lines(one: Leaf, page: int, cover: np.ndarray) -> list[SeenLine]:
    lines = []
    for line in one.lay.sheet.lines:
        page_box = np.array(line.box)
        box = one.lay.picture(page_box)
        hidden = _hidden(box, one.lay.view, cover) or _under_fold(page_box, one.lay)
        lines.append(
            SeenLine(
                text=line.text,
                page_box=_points(page_box),
                picture_box=_points(box),
                vertical=line.vertical,
                visible=not hidden and _there(page_box, one),
                page=page,
                role=line.role,
            )
        )
    return lines


def _grids(one: Leaf, page: int) -> list[SeenGrid]:
    return [
        SeenGrid(
            page=page,
            rows=grid.rows,
            columns=grid.columns,
            ruled=grid.ruled,
            cells=tuple(_cell(square, one.lay) for square in grid.cells),
        )
        for grid in one.lay.sheet.grids
    ]


def _cell(square: Square, lay: Lay) -> SeenCell:
    return SeenCell(
        row=square.row,
        column=square.column,
        rows=square.rows,
        columns=square.columns,
        text=square.text,
        page_box=_points(np.array(square.box)),
        picture_box=_points(lay.picture(np.array(square.box))),
    )


def _stamps(lay: Lay) -> list[SeenStamp]:
    return [
        SeenStamp(kind=s.kind, text=s.text, picture_box=_points(lay.picture(np.array(s.box))))
        for s in lay.sheet.stamps
    ]


def _hidden(box: np.ndarray, view: View, cover: np.ndarray) -> bool:
    """Whether the box leaves the frame or a hand touches it."""
    if (box < 0).any() or (box > 2 * view.centre).any():
        return True
    nodes = (box + 0.5) / hand.STEP + 0.5
    left, top = np.floor(nodes.min(axis=0)).astype(int)
    right, bottom = np.ceil(nodes.max(axis=0)).astype(int) + 1
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [np.round(nodes - (left, top)).astype(np.int32)], (1,))
    return bool((cover[top:bottom, left:right][inside > 0] > 0.1).any())


def _under_fold(page_box: np.ndarray, lay: Lay) -> bool:
    paper = lay.view.scene.paper
    if paper.folded is None:
        return False
    region = fold_region(paper.folded, paper.fold_mm, *lay.page_px).astype(np.float32)
    area, _ = cv2.intersectConvexConvex(cv2.convexHull(region), page_box.astype(np.float32))
    return bool(area > 0)


def _there(page_box: np.ndarray, one: Leaf) -> bool:
    """Whether no tear or hole takes paper from the box."""
    low, high = page_box.min(axis=0), page_box.max(axis=0)
    count = np.maximum(np.ceil((high - low) / 12).astype(int), 1) + 1
    axes = (np.linspace(low[k], high[k], count[k]) for k in (0, 1))
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    return bool(one.shown(grid).min() > 0.5)


def _outline(lay: Lay) -> tuple[np.ndarray, np.ndarray]:
    """The page's border, in page and in picture pixels, each n x 2."""
    page, picture = lay.mesh()
    return tuple(
        np.concatenate((grid[0], grid[1:, -1], grid[-1, -2::-1], grid[-2:0:-1, 0]))
        for grid in (page, picture)
    )


def _outside(outline: np.ndarray, width: int, height: int) -> float:
    """Share of the page's seen area that lies beyond the frame."""
    whole = cv2.contourArea(outline.astype(np.float32))
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    hull = cv2.convexHull(outline.astype(np.float32))
    inside, _ = cv2.intersectConvexConvex(hull, frame)
    return round(float(np.clip(1 - inside / max(whole, cv2.contourArea(hull)), 0, 1)), 4)


def _missing(one: Leaf) -> float:
    alpha = one.seen.texture[..., 3]
    return round(1 - float(alpha.mean()) / 255, 4)


def _pinhole(lay: Lay) -> Pinhole | None:
    if lay.pinhole is None:
        return None
    view, lens = lay.view, lay.view.scene.lens
    x, y = (float(value) for value in view.centre)
    matrix = lay.pinhole / lay.pinhole[2, 2]
    return Pinhole(
        matrix=_rows(matrix), k1=lens.k1, k2=lens.k2, centre=(x, y), radius_px=view.radius
    )


def _mesh(lay: Lay) -> Mesh:
    page, picture = lay.mesh()
    return Mesh(
        page_x=tuple(round(float(x), 3) for x in page[0, :, 0]),
        page_y=tuple(round(float(y), 3) for y in page[:, 0, 1]),
        picture=tuple(_points(row) for row in picture),
    )


def _points(points: np.ndarray) -> tuple[Point, ...]:
    return tuple((round(float(x), 3), round(float(y), 3)) for x, y in points)


def _rows(matrix: np.ndarray) -> Matrix:
    return tuple(tuple(float(value) for value in row) for row in matrix)
