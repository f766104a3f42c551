"""Where a laid sheet's points go: there and back, and along the coarse maps that draw it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.pages.camera import View
from tests.pages.lay import Lay
from tests.pages.project import Seen, enlarged
from tests.pages.scene import Lens, Pose, Scene
from tests.pages.sheet import Sheet
from tests.pages.surface import STEP_MM, Profile, bent

SCENE = Scene(
    seed=1,
    width_px=1520,
    height_px=2028,
    pose=Pose(turn_deg=6.0, tilt_x_deg=9.0, tilt_y_deg=-5.0, fill=0.85),
    lens=Lens(k1=-0.05, k2=0.01),
)


def wave(*, most_deg: float, reach_mm: float, axis_deg: float) -> Profile:
    """A sheet that rises and falls by up to `most_deg` within `reach_mm`."""
    u = np.arange(-140, 140, STEP_MM)
    return bent(most_deg * np.tanh(u / reach_mm), -140.0, 2.0, axis_deg)


PROFILES = {
    "flat": None,
    "rolled": wave(most_deg=25, reach_mm=60, axis_deg=20),
    "steep": wave(most_deg=50, reach_mm=20, axis_deg=0),
    "across": wave(most_deg=40, reach_mm=25, axis_deg=90),
}


def lay(name: str) -> Lay:
    sheet = Sheet(185, 260, np.random.default_rng(0))
    view = View(SCENE, *sheet.image.size, PROFILES[name])
    return Lay(sheet, view, x_mm=4, y_mm=-7, turn_deg=2.0, profile=PROFILES[name])


@pytest.mark.parametrize("name", PROFILES)
def test_a_point_of_the_page_comes_back_from_the_picture(name: str) -> None:
    placed = lay(name)
    page, picture = placed.mesh()

    assert np.abs(placed.page(picture) - page).max() < 0.003


@pytest.mark.parametrize("name", PROFILES)
def test_the_coarse_map_is_the_exact_one_to_a_fiftieth_of_a_pixel(name: str) -> None:
    placed = lay(name)
    texture = np.zeros((10, 10), np.uint8)
    left, top, right, bottom = placed.region()
    seen = Seen(texture, placed.page, placed.region(), step=placed.step_px(), border=0)
    drawn = enlarged(seen.coarse, seen.step, 0, (right - left, bottom - top))[::3, ::3]

    grid = np.stack(np.meshgrid(np.arange(left, right), np.arange(top, bottom)), -1)[::3, ::3]
    exact = placed.page(grid.astype(float))
    on_page = ((exact > 0) & (exact < placed.page_px)).all(axis=-1)

    # In picture pixels: a page pixel is about half of one here.
    off = np.linalg.norm(drawn - exact, axis=-1)[on_page] * placed.px_per_mm() * 25.4 / 300
    assert off.max() < 0.02


def test_a_bent_sheet_keeps_its_lengths() -> None:
    profile = wave(most_deg=50, reach_mm=20, axis_deg=30)
    rng = np.random.default_rng(3)
    first = rng.uniform(-100, 100, (200, 2))
    second = first + rng.normal(0, 0.2, (200, 2))

    flat = np.linalg.norm(second - first, axis=1)
    space = np.linalg.norm(profile.lifted(second) - profile.lifted(first), axis=1)

    assert np.abs(space - flat).max() < 0.002


def test_a_flat_sheet_in_the_middle_is_what_the_view_says() -> None:
    sheet = Sheet(185, 260, np.random.default_rng(0))
    view = View(SCENE, *sheet.image.size)
    placed = Lay(sheet, view)

    assert np.abs(placed.quad() - view.picture(view.corners())).max() < 1e-6
    assert placed.px_per_mm() == pytest.approx(view.px_per_mm, rel=0.01)
    assert placed.skew_deg() == pytest.approx(view.skew_deg())


def test_a_raised_sheet_is_seen_larger() -> None:
    level = msgspec.structs.replace(SCENE, pose=Pose(fill=0.8), lens=Lens(k1=0, k2=0))
    sheet = Sheet(185, 260, np.random.default_rng(0))
    view = View(level, *sheet.image.size)
    raised = Lay(sheet, view, profile=bent(np.zeros(4000), -200.0, 30.0))

    grown = np.ptp(raised.quad()[:, 0]) / np.ptp(Lay(sheet, view).quad()[:, 0])

    assert grown == pytest.approx(view.distance_mm / (view.distance_mm - 30.0))
