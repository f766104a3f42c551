"""Spreads, groups, bent and damaged sheets: each page's truth is exact, each file reads upright."""

from __future__ import annotations

import functools

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.pages import fonts
from tests.pages.photograph import photograph, photographed
from tests.pages.scene import Bend, Book, Lens, Light, Paper, Pose, Scene, Sensor
from tests.pages.sensor import encoded
from tests.pages.sets import benchmark, taken
from tests.pages.sheet import Sheet, px
from tests.pages.truth import SeenPage, Truth

MISSING = fonts.absent()
drawn = pytest.mark.skipif(bool(MISSING), reason=f"PAGES CANNOT BE DRAWN HERE: {MISSING}")

CLEAN = Scene(
    seed=5,
    width_px=1600,
    height_px=1200,
    desk="dark",
    pose=Pose(turn_deg=3.0, tilt_x_deg=5.0, tilt_y_deg=-3.0, fill=0.85),
    lens=Lens(k1=-0.03, k2=0.005),
    paper=Paper(yellowing=0.0, texture=0.0, creases=0.0, ink=1.0),
    light=Light(slope=0.0, vignette=0.0, warmth=0.0),
    sensor=Sensor(focus_mm=0.0, noise=0.0, jpeg_quality=95),
)
CENTRES_MM = [(x, y) for x in (12, 40, 75, 110, 138) for y in (15, 115, 215)]


def dotted() -> Sheet:
    """A leaf of 150 x 230 mm with black discs of 5 mm at `CENTRES_MM`."""
    sheet = Sheet(150, 230, np.random.default_rng(0))
    page = np.asarray(sheet.image).copy()
    for x, y in CENTRES_MM:
        cv2.circle(page, (px(x), px(y)), px(2.5), (0, 0, 0), -1, cv2.LINE_AA)
    sheet.image = Image.fromarray(page)
    return sheet


def farthest_disc_px(pixels: np.ndarray, page: SeenPage) -> float:
    """How far the discs stand from where the page's mesh (read bilinearly) puts them, in px."""
    assert page.mesh
    xs, ys = np.array(page.mesh.page_x), np.array(page.mesh.page_y)
    points = np.array([(px(x), px(y)) for x, y in CENTRES_MM], np.float32)
    at = np.stack((np.interp(points[:, 0], xs, np.arange(len(xs))),
                   np.interp(points[:, 1], ys, np.arange(len(ys)))), axis=-1)  # fmt: skip
    grid = np.array(page.mesh.picture, np.float32)
    expected = cv2.remap(grid, at[None].astype(np.float32), None, cv2.INTER_LINEAR)[0]
    return max(float(np.linalg.norm(centroid(pixels, each) - each)) for each in expected)


def centroid(pixels: np.ndarray, at: np.ndarray, reach_px: int = 15) -> np.ndarray:
    x, y = (round(float(value)) for value in at)
    where = np.s_[y - reach_px : y + reach_px + 1, x - reach_px : x + reach_px + 1]
    patch = pixels[where].astype(np.float64).mean(axis=2)
    dark = np.clip(np.percentile(patch, 90) * 0.75 - patch, 0, None)
    ys, xs = np.mgrid[where]
    return np.array([(dark * xs).sum(), (dark * ys).sum()]) / dark.sum()


@functools.cache
def spread(*, old: bool) -> tuple[np.ndarray, Truth]:
    scene = msgspec.structs.replace(CLEAN, book=Book(old=old, gutter_deg=40, reach_mm=22))
    kind = "old-spread" if old else "modern-spread"
    leaf = "old-leaf" if old else "modern-leaf"
    return photographed((dotted(), dotted()), scene, kind, (leaf, leaf))


def test_discs_on_both_pages_of_a_book_appear_where_the_meshes_put_them() -> None:
    pixels, truth = spread(old=False)

    # A disc of 5 mm on a curve is seen with its centroid a little off its centre's image.
    assert max(farthest_disc_px(pixels, page) for page in truth.pages) < 0.5


@pytest.mark.parametrize("axis_deg", [0.0, 90.0, 25.0])
def test_discs_on_a_curled_sheet_appear_where_the_mesh_puts_them(axis_deg: float) -> None:
    bend = Bend(rise_deg=25, reach_mm=60, axis_deg=axis_deg, at=0.6)
    pixels, truth = photograph(dotted(), msgspec.structs.replace(CLEAN, bend=bend), "blank")

    assert truth.pinhole is None
    assert farthest_disc_px(pixels, truth.pages[0]) < 0.4


def test_an_old_book_is_read_from_the_right_page_and_a_modern_one_from_the_left() -> None:
    for old in (True, False):
        _, truth = spread(old=old)
        first, second = (np.array(page.quad).mean(axis=0)[0] for page in truth.pages)

        assert (first > second) == old


def test_a_books_pages_meet_at_its_gutter_and_make_its_quad() -> None:
    _, truth = spread(old=False)
    left, right = (np.array(page.quad) for page in truth.pages)

    assert left[[1, 2]] == pytest.approx(np.array(truth.gutter), abs=0.01)
    assert right[[0, 3]] == pytest.approx(np.array(truth.gutter), abs=0.01)
    assert np.array(truth.quad) == pytest.approx(np.stack((left[0], right[1], right[2], left[3])))


def test_the_gutter_is_the_darkest_place_between_two_blank_pages() -> None:
    blank = (Sheet(150, 230, np.random.default_rng(0)),) * 2
    scene = msgspec.structs.replace(CLEAN, book=Book(), pose=Pose(fill=0.85), lens=Lens(k1=0, k2=0))
    pixels, truth = photographed(blank, scene, "modern-spread", ("modern-leaf", "modern-leaf"))
    x, y = np.array(truth.gutter).mean(axis=0)

    row = pixels[round(y), round(x) - 200 : round(x) + 200].mean(axis=1)

    assert abs(int(row.argmin()) - 200) <= 2
    assert row.min() < 0.6 * np.median(row)


@drawn
def test_five_slips_are_five_pages_that_do_not_touch() -> None:
    _, document, scene = benchmark(3, 1, 1000, "slips")
    truth = msgspec.json.decode(taken(document, scene)[1], type=Truth)
    quads = [np.array(page.quad, np.float32) for page in truth.pages]

    assert len(quads) == 5
    for index, quad in enumerate(quads):
        for other in quads[:index]:
            assert cv2.intersectConvexConvex(quad, other)[0] == 0
    assert {line.page for line in truth.lines} == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("exif", [1, 3, 6, 8])
def test_a_tagged_file_reads_as_the_upright_picture(exif) -> None:  # type: ignore[no-untyped-def]
    picture = np.zeros((40, 64, 3), np.uint8)
    picture[:16, :16] = 255

    data = encoded(picture, 95, exif)
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)

    assert read.shape == picture.shape
    assert np.abs(read.astype(int) - picture).mean() < 3


def test_what_is_torn_or_punched_away_shows_the_desk_and_is_measured() -> None:
    paper = msgspec.structs.replace(CLEAN.paper, torn_corner="TR", torn_mm=30, holes=2)
    blank = Sheet(150, 230, np.random.default_rng(0))
    pixels, truth = photograph(blank, msgspec.structs.replace(CLEAN, paper=paper), "blank")
    page = truth.pages[0]
    matrix = np.array(page.homography)
    torn, hole = cv2.perspectiveTransform(
        np.array([[(px(150 - 8), px(8)), (px(12), px(115 - 40))]], np.float64), matrix
    )[0]

    for x, y in (torn, hole):
        assert pixels[round(y), round(x)].mean() < 90
    assert 0.01 < page.missing_share < 0.06
    assert {"torn", "holes"} <= set(truth.defects)


def test_a_page_beyond_two_sides_of_the_frame_says_which_and_how_much() -> None:
    pose = Pose(fill=0.9, shift_x=-0.3, shift_y=0.2)
    blank = Sheet(150, 230, np.random.default_rng(0))
    scene = msgspec.structs.replace(CLEAN, width_px=600, height_px=800, pose=pose)
    _, truth = photograph(blank, scene, "blank")
    page = truth.pages[0]
    corners = np.array(page.quad, np.float32)
    frame = np.array([(0, 0), (600, 0), (600, 800), (0, 800)], np.float32) - 0.5
    inside = cv2.intersectConvexConvex(corners, frame)[0] / cv2.contourArea(corners)

    assert set(page.cut_sides) == {"left", "bottom"}
    assert page.outside_share == pytest.approx(1 - inside, abs=0.01)
    assert "cut" in truth.reasons


def test_what_stands_on_the_back_shows_through_mirrored() -> None:
    back = dotted()
    front = Sheet(150, 230, np.random.default_rng(0))
    paper = msgspec.structs.replace(CLEAN.paper, bleed=0.5)
    scene = msgspec.structs.replace(CLEAN, paper=paper, lens=Lens(k1=0, k2=0))
    pixels, truth = photograph(front, scene, "blank", back)
    matrix = np.array(truth.homography)
    seen, clean = cv2.perspectiveTransform(
        np.array([[(px(150 - 40), px(115)), (px(150 - 55), px(115))]], np.float64), matrix
    )[0]

    dark, light = (pixels[round(y), round(x)].mean() for x, y in (seen, clean))

    assert 0.3 < dark / light < 0.85


def test_dpi_is_the_pictures_resolution_on_the_paper() -> None:
    level = msgspec.structs.replace(CLEAN, pose=Pose(fill=0.8), lens=Lens(k1=0, k2=0))
    _, truth = photograph(Sheet(150, 230, np.random.default_rng(0)), level, "blank")
    quad = np.array(truth.quad)

    assert truth.pages[0].dpi == pytest.approx(np.ptp(quad[:, 0]) / 150 * 25.4, rel=0.002)


def test_a_screen_is_no_page() -> None:
    scene = msgspec.structs.replace(CLEAN, page=False, screen=True)
    pixels, truth = photograph(dotted(), scene, "notice")

    assert truth.quad is None
    assert truth.pages == ()
    assert truth.reasons == ("no-page",)
    assert pixels.std() > 15
