"""What is true of a photograph: where every sheet and line is, and what is wrong with it.

Whole numbers are pixel centres, as in OpenCV. Quads are TL, TR, BR, BL as the text reads.
"""

from __future__ import annotations

import msgspec

from tests.pages.scene import Exif, Scene

Point = tuple[float, float]
Matrix = tuple[tuple[float, ...], ...]


class SeenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of writing. `page_box` and `picture_box` are TL, TR, BR, BL of its ink."""

    text: str
    page_box: tuple[Point, ...]
    picture_box: tuple[Point, ...]
    vertical: bool
    visible: bool
    """Whole within the frame, not under a hand, a folded corner or a tear."""
    page: int = 0
    """Index in `Truth.pages`."""
    role: str = "body"
    """As station.model.Role."""


class SeenCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a table: its place counts from 0, boxes as of a line but up to its rules."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    page_box: tuple[Point, ...]
    picture_box: tuple[Point, ...]


class SeenGrid(msgspec.Struct, frozen=True, kw_only=True):
    """A table or form, ruled or only aligned, with its cells in row order."""

    page: int
    rows: int
    columns: int
    ruled: bool
    cells: tuple[SeenCell, ...]


class SeenStamp(msgspec.Struct, frozen=True, kw_only=True):
    """A seal, chop or fingerprint; its words are not in `text`."""

    kind: str
    text: str
    picture_box: tuple[Point, ...]


class Pinhole(msgspec.Struct, frozen=True, kw_only=True):
    """The exact camera: page pixels by `matrix` to pinhole pixels, then the lens about `centre`.

    r' = r (1 + k1 r^2 + k2 r^4) with r in units of `radius_px`.
    """

    matrix: Matrix
    k1: float
    k2: float
    centre: Point
    radius_px: float


class Mesh(msgspec.Struct, frozen=True, kw_only=True):
    """The exact map of a bent page, sampled: `picture[row][column]` is the place of page pixel
    (`page_x[column]`, `page_y[row]`). The first and last rows and columns are the page's edges.
    """

    page_x: tuple[float, ...]
    page_y: tuple[float, ...]
    picture: tuple[tuple[Point, ...], ...]


class SeenPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page or sheet: a page of a spread, a slip, or the only one.

    `homography` takes its corners to `quad`; `pinhole` (flat) or `mesh` (bent) is exact inside.
    `skew_deg` is the clockwise turn of its text at its middle; `quarter_turns` how often the
    picture was turned clockwise from upright; `dpi` pixels of the picture per inch there.
    """

    genre: str
    page_width_px: int
    page_height_px: int
    quad: tuple[Point, ...]
    homography: Matrix
    pinhole: Pinhole | None
    mesh: Mesh | None
    skew_deg: float
    quarter_turns: int
    dpi: float
    cut_sides: tuple[str, ...]
    """Sides of the frame (left, top, right, bottom) that the page runs over."""
    outside_share: float
    missing_share: float
    """Torn, punched or folded away, of the page's area; `outside_share` is beyond the frame."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of the picture's defects, over the pages' part of it where they are shares (0..1).

    `blur_px` is the deviation of the blur's spread along its longest direction: focus
    (`focus_px`, a disc's radius) and motion (`motion_px`, a line's length) together, before the
    camera's sharpening and its own 0.5 px. `shadow_share` lies in more than a third of the
    shadow's depth, `glare_share` gains more than 40 grey levels. `light_low` and `light_high` are
    the light's 1st and 99th percentile, 1 being well exposed. `bleed` and `ink` are the scene's.
    """

    focus_px: float
    motion_px: float
    motion_deg: float
    blur_px: float
    noise: float
    light_low: float
    light_high: float
    shadow_share: float
    glare_share: float
    hand_share: float
    bleed: float
    ink: float
    bend_deg: float


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of one photograph.

    The picture is upright: a reader must have applied `exif`, as cv2.imread does. `quad` is the
    whole sheet's in picture pixels, outside the frame where it is cut; of a spread, the open
    book's; of a group, the first sheet's; None where there is no page. `pages` has each page in
    reading order, `gutter` the fold's upper and lower end. `homography` takes the page's corners
    to `quad`; inside, the lens moves points off it by a pixel or so, `pinhole` (of one flat sheet)
    is exact everywhere, as each page's `pinhole` or `mesh` is. `skew_deg` is the clockwise turn of
    the text at the middle. `defects` name all that is special; `reasons` those a judge of pages
    should name (station.model.Reason); `measures` have the numbers.
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
    homography: Matrix | None
    pinhole: Pinhole | None
    skew_deg: float | None
    text: str
    lines: tuple[SeenLine, ...]
    stamps: tuple[SeenStamp, ...]
    defects: tuple[str, ...]
    reasons: tuple[str, ...]
    scene: Scene
    pages: tuple[SeenPage, ...] = ()
    gutter: tuple[Point, ...] | None = None
    grids: tuple[SeenGrid, ...] = ()
    measures: Measures | None = None
    exif: Exif = 1
