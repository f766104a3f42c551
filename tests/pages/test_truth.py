"""The photographer's truth is exact, its pictures repeat, the committed set agrees with itself."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.pages import fonts
from tests.pages.camera import View
from tests.pages.demo import FOLDER, demo
from tests.pages.invent import invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.scene import Lens, Light, Paper, Pose, Scene, Sensor
from tests.pages.sets import GENRES, benchmark, taken
from tests.pages.sheet import Pen, Sheet, px
from tests.pages.situations import SITUATIONS, situated
from tests.pages.truth import Truth

MISSING = fonts.absent()
drawn = pytest.mark.skipif(bool(MISSING), reason=f"PAGES CANNOT BE DRAWN HERE: {MISSING}")

HARD = Scene(
    seed=5,
    width_px=900,
    height_px=1200,
    desk="dark",
    pose=Pose(turn_deg=7.0, tilt_x_deg=11.0, tilt_y_deg=-6.0, fill=0.85),
    lens=Lens(k1=-0.04, k2=0.008),
    paper=Paper(yellowing=0.0, texture=0.0, creases=0.0, ink=1.0),
    light=Light(slope=0.0, vignette=0.0, warmth=0.0),
    sensor=Sensor(focus_mm=0.0, noise=0.0, jpeg_quality=95),
)
SMALL_PRINT = ("modern-leaf", "album", "mimeographed", "genealogy")
COMMITTED = sorted(FOLDER.rglob("*.jpg"))


def dotted_sheet() -> tuple[Sheet, np.ndarray]:
    """A sheet with black discs of 5 mm, and their centres in page pixels, n x 2."""
    sheet = Sheet(185, 260, np.random.default_rng(0))
    centres = [(px(x), px(y)) for x in (15, 92, 170) for y in (15, 70, 130, 190, 245)]
    page = np.asarray(sheet.image).copy()
    for centre in centres:
        cv2.circle(page, centre, px(2.5), (0, 0, 0), -1, cv2.LINE_AA)
    sheet.image = Image.fromarray(page)
    return sheet, np.array(centres, np.float64)


def centroid_near(pixels: np.ndarray, at: np.ndarray, reach_px: int) -> np.ndarray:
    """Centre of the darkness within `reach_px` of `at`, in picture pixels."""
    x, y = (round(float(value)) for value in at)
    patch = pixels[y - reach_px : y + reach_px + 1, x - reach_px : x + reach_px + 1]
    dark = patch.max() - patch.astype(np.float64).mean(axis=2)
    dark[dark < dark.max() * 0.25] = 0
    ys, xs = np.mgrid[y - reach_px : y + reach_px + 1, x - reach_px : x + reach_px + 1]
    return np.array([(dark * xs).sum(), (dark * ys).sum()]) / dark.sum()


def test_discs_on_the_page_appear_where_the_truth_puts_them() -> None:
    sheet, centres = dotted_sheet()
    pixels, truth = photograph(sheet, HARD, "blank")
    view = View(HARD, truth.page_width_px, truth.page_height_px)

    expected = view.picture(centres)
    found = np.array([centroid_near(pixels, at, 14) for at in expected])

    # A disc's centroid leaves the image of its centre by perspective: under 0.1 px at this size.
    assert np.abs(found - expected).max() < 0.25


def test_the_stored_pinhole_and_lens_give_the_same_points_as_the_view() -> None:
    sheet, centres = dotted_sheet()
    _, truth = photograph(sheet, HARD, "blank")
    assert truth.pinhole is not None

    stored = truth.pinhole
    ideal = cv2.perspectiveTransform(centres[None], np.array(stored.matrix))[0]
    out = ideal - stored.centre
    square = (out**2).sum(axis=1, keepdims=True) / stored.radius_px**2
    points = stored.centre + out * (1 + stored.k1 * square + stored.k2 * square**2)

    view = View(HARD, truth.page_width_px, truth.page_height_px)
    assert np.abs(points - view.picture(centres)).max() < 1e-6


def test_the_homography_maps_the_pages_corners_to_the_quad() -> None:
    sheet, _ = dotted_sheet()
    _, truth = photograph(sheet, HARD, "blank")
    assert truth.quad is not None

    right, bottom = truth.page_width_px - 0.5, truth.page_height_px - 0.5
    corners = np.array([[(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)]])
    mapped = cv2.perspectiveTransform(corners, np.array(truth.homography))[0]

    assert np.abs(mapped - np.array(truth.quad)).max() < 0.01


def test_the_sheets_edge_stands_on_the_quad_to_a_fraction_of_a_pixel() -> None:
    sheet = Sheet(185, 260, np.random.default_rng(0))
    pixels, truth = photograph(sheet, msgspec.structs.replace(HARD, lens=Lens(k1=0, k2=0)), "blank")
    quad = np.array(truth.quad)

    middle = (quad[3] + quad[0]) / 2
    inward = (quad[1] + quad[2]) / 2 - middle
    inward /= np.linalg.norm(inward)
    steps = np.arange(-12, 12.001, 0.05)
    samples = (middle + steps[:, None] * inward).astype(np.float32)
    grey = pixels.astype(np.float32).mean(axis=2)
    profile = cv2.remap(grey, samples[None], None, cv2.INTER_LINEAR)[0]
    half = (profile[:40].mean() + profile[-40:].mean()) / 2

    assert abs(steps[int(np.argmax(profile > half))]) < 0.5


def test_the_lens_and_its_inverse_undo_each_other_over_the_whole_frame() -> None:
    view = View(msgspec.structs.replace(HARD, lens=Lens(k1=-0.06, k2=0.01)), 2185, 3071)
    points = np.stack(np.meshgrid(np.linspace(0, 899, 30), np.linspace(0, 1199, 30)), axis=-1)

    assert np.abs(view.bent(view.straightened(points)) - points).max() < 1e-4


@pytest.mark.parametrize("turn_deg", [-12.0, 0.0, 3.5, 90.0])
def test_skew_is_the_sheets_clockwise_turn_when_the_camera_looks_straight_down(
    turn_deg: float,
) -> None:
    scene = msgspec.structs.replace(HARD, pose=Pose(turn_deg=turn_deg))

    assert View(scene, 2185, 3071).skew_deg() == pytest.approx(turn_deg, abs=1e-6)


def test_every_situation_is_a_scene_that_repeats() -> None:
    for situation in SITUATIONS:
        first, again = (situated(situation, 3, 900, 1200) for _ in range(2))

        assert first == again
        assert first.situation == situation


@drawn
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    _, document, scene = benchmark(1, 0, 640)

    first, again = taken(document, scene), taken(document, scene)
    other = taken(document, msgspec.structs.replace(scene, seed=scene.seed + 1))

    assert first == again
    assert first[0] != other[0]


@drawn
@pytest.mark.parametrize("genre", GENRES)
def test_every_line_lies_inside_the_quad_and_has_ink_in_its_box(genre: str) -> None:
    _, _, scene = benchmark(1, 0, 1600 if genre in SMALL_PRINT else 1000, "wood")
    scene = msgspec.structs.replace(scene, desk="black")
    document = invented(genre, 6)  # type: ignore[arg-type]
    pixels, truth = photograph(render(document, seed=1), scene, document.genre)
    quad = np.array(truth.quad, np.float32)

    assert truth.genre == genre
    assert truth.lines
    for line in truth.lines:
        box = np.array(line.picture_box, np.float32)
        assert all(cv2.pointPolygonTest(quad, (float(x), float(y)), False) > 0 for x, y in box)
        left, top = np.floor(box.min(axis=0)).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int) + 1
        assert np.ptp(pixels[top:bottom, left:right].min(axis=2)) > 40, line.text


@drawn
def test_a_line_under_a_finger_or_outside_the_frame_is_not_promised() -> None:
    plain = situated("wood", 3, 600, 800)
    sheet = Sheet(185, 260, np.random.default_rng(0))
    for y_mm in range(5, 250, 8):
        sheet.write("甲" * 30, 4, y_mm, Pen())

    _, whole = photograph(sheet, plain, "minutes")
    _, held = photograph(
        sheet, msgspec.structs.replace(plain, fingers=("left", "right")), "minutes"
    )
    cut_pose = msgspec.structs.replace(plain.pose, shift_x=0.3)
    _, cut = photograph(sheet, msgspec.structs.replace(plain, pose=cut_pose), "minutes")

    assert all(line.visible for line in whole.lines)
    assert "hand" in held.reasons
    assert len(held.text) < len(whole.text)
    assert "cut" in cut.reasons
    assert not any(line.visible for line in cut.lines)


@drawn
def test_a_character_that_the_typeface_lacks_is_refused() -> None:
    sheet = Sheet(100, 100, np.random.default_rng(0))

    with pytest.raises(ValueError, match="爲"):
        sheet.write("耕種爲業", 10, 10, Pen(face="kai-traditional"))


@drawn
def test_the_committed_photographs_are_those_the_demo_would_take() -> None:
    for item, name, document, scene in demo():
        sheet = render(document, seed=scene.seed)
        told = msgspec.json.decode((FOLDER / item / f"{name}.json").read_bytes(), type=Truth)

        assert told.scene == scene
        assert [line.text for line in told.lines] == [line.text for line in sheet.lines]


def test_the_committed_set_is_two_items_of_several_pages_under_eight_megabytes() -> None:
    items = {path.parent.name for path in COMMITTED}

    assert len(items) == 2
    assert all(len(list((FOLDER / item).glob("*.jpg"))) >= 3 for item in items)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.*")) < 8_000_000


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_committed_truth_agrees_with_its_picture(path) -> None:  # type: ignore[no-untyped-def]
    truth = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Truth)
    pixels = cv2.imread(str(path))
    height, width = pixels.shape[:2]
    quad = np.array(truth.quad)

    assert (width, height) == (truth.width_px, truth.height_px)
    assert (quad >= 0).all()
    assert (quad < (width, height)).all()
    assert truth.text == "\n".join(line.text for line in truth.lines)
    for line in truth.lines:
        box = np.array(line.picture_box)
        left, top = np.floor(box.min(axis=0)).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int) + 1
        assert np.ptp(pixels[top:bottom, left:right].min(axis=2)) > 60, line.text
