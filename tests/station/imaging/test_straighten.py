import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_config.schema import Lens
from station.imaging.lens import bent, unbent
from station.imaging.straighten import straighten
from station.imaging.warp import warped
from tests.benchmarks.skew import page
from tests.station.imaging.test_find import UPRIGHT, blank_desk, laid, turned, written_page


def seen(sheet, *, turn_deg=0.0, tilt_deg=0.0, focal_px=1400.0):
    """`sheet` (grey) lying on a grey desk, seen by a pinhole camera: picture 1600x1600 and quad."""
    height, width = sheet.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    spin, lean = np.radians(turn_deg), np.radians(tilt_deg)
    flat = (corners - (width / 2, height / 2)) / height * 1000
    x = flat[:, 0] * np.cos(spin) - flat[:, 1] * np.sin(spin)
    y = flat[:, 0] * np.sin(spin) + flat[:, 1] * np.cos(spin)
    depth = 1500 + y * np.sin(lean)
    quad = np.stack([focal_px * x / depth, focal_px * y * np.cos(lean) / depth], 1) + 800
    lens = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
    picture = cv2.warpPerspective(sheet, lens, (1600, 1600), flags=cv2.INTER_AREA, borderValue=90)
    direction = cv2.perspectiveTransform(
        np.array([[[width / 2 - 1, height / 2], [width / 2 + 1, height / 2]]]), lens
    )[0]
    dx, dy = direction[1] - direction[0]
    return (
        cv2.merge([picture] * 3),
        tuple(map(tuple, quad.tolist())),
        np.degrees(np.arctan2(dy, dx)),
    )


SHEET = cv2.resize(
    page(np.random.default_rng(11), "lines"), (1240, 1754), interpolation=cv2.INTER_AREA
)


@pytest.mark.parametrize("turn_deg", [-40.0, -8.0, 0.0, 3.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, 30.0])
def test_a_sheet_seen_at_an_angle_becomes_upright_with_its_true_shape(turn_deg, tilt_deg):
    picture, quad, text_deg = seen(SHEET, turn_deg=turn_deg, tilt_deg=tilt_deg)
    upright = straighten(picture, quad)
    assert upright.skew_deg == pytest.approx(text_deg, abs=0.15)
    height, width = upright.image.shape[:2]
    assert height / width == pytest.approx(1754 / 1240, rel=0.02)
    assert straighten(upright.image, None).skew_deg == pytest.approx(0, abs=0.1)


def test_text_that_lies_askew_on_its_sheet_is_turned_too():
    askew = cv2.warpAffine(
        SHEET, cv2.getRotationMatrix2D((620, 877), -2.5, 1), (1240, 1754), borderValue=255
    )
    picture, quad, sheet_deg = seen(askew, turn_deg=5.0)
    assert straighten(picture, quad).skew_deg == pytest.approx(sheet_deg + 2.5, abs=0.15)


def test_a_blank_sheet_is_as_skewed_as_its_edges():
    picture, quad, sheet_deg = seen(np.full((1754, 1240), 235, np.uint8), turn_deg=6.0)
    assert straighten(picture, quad).skew_deg == pytest.approx(sheet_deg, abs=0.05)


def test_a_straight_scan_is_not_resampled():
    scan = cv2.merge([SHEET] * 3)
    assert np.array_equal(straighten(scan, None).image, scan)


def test_a_turned_scan_loses_nothing_of_its_corners():
    marked = SHEET.copy()
    marked[:40, :40] = 0
    side = 2400
    turn = cv2.getRotationMatrix2D((619.5, 876.5), -4.0, 1)
    turn[:, 2] += (side - 1240) / 2, (side - 1754) / 2
    scan = cv2.warpAffine(marked, turn, (side, side), borderValue=255)
    upright = straighten(cv2.merge([scan] * 3), None)
    assert upright.skew_deg == pytest.approx(4.0, abs=0.1)
    assert min(upright.image.shape[:2]) >= side


def test_resolution_is_neither_lost_nor_invented():
    picture, quad, _ = seen(SHEET, tilt_deg=50.0)
    height, width = straighten(picture, quad).image.shape[:2]
    longest = max(np.hypot(*np.subtract(quad[i], quad[i - 1])) for i in range(4))
    assert max(height, width) >= longest
    assert height * width <= 1600 * 1600 * 1.05


def test_a_picture_longer_than_the_warp_can_address_is_still_straightened():
    strip = np.full((40, 33_000, 3), 200, np.uint8)
    quad = ((10.0, 5.0), (32_900.0, 5.0), (32_900.0, 35.0), (10.0, 35.0))
    assert straighten(strip, quad).image.shape[1] > 30_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-20, 120), st.floats(-20, 120)), min_size=4, max_size=4),
)
@example([(2.0, 0.0), (0.0, 0.0), (-1.972711584041676e-16, 1.0), (0.0, 1.0)])
def test_any_four_points_give_a_page_of_bounded_size(points):
    picture = np.random.default_rng(0).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    upright = straighten(picture, tuple(points))
    assert upright.image.size <= 4 * 3 * 100 * 100 + 3000
    assert np.isfinite(upright.skew_deg)


def test_the_boards_of_a_desk_are_no_text_where_a_sheet_may_lie():
    desk = blank_desk(1200, 1200, colour=(150, 160, 165))
    for row in range(8):
        desk[row::60] = 95
    quad = turned(UPRIGHT * 0.55 + 270, 3)
    picture = laid(written_page(), quad, desk)
    top_deg, bottom_deg = (
        np.degrees(np.arctan2(*(right - left)[::-1]))
        for left, right in ((quad[0], quad[1]), (quad[3], quad[2]))
    )

    page = straighten(picture, None, doubtful=tuple(map(tuple, quad)))

    assert straighten(picture, None).skew_deg == pytest.approx(0, abs=0.3)
    assert page.skew_deg == pytest.approx((top_deg + bottom_deg) / 2, abs=0.3)


BARREL = Lens(aspect=4 / 3, focal_share=1.05, k1=-0.16, k2=0.02)


def ruled(size):
    """A pinhole's picture of a desk with a ruled sheet on it, and the sheet's corners."""
    width, height = size
    picture = np.full((height, width, 3), 90, np.uint8)
    left, right = round(0.08 * width), round(0.9 * width)
    top, bottom = round(0.08 * height), round(0.92 * height)
    picture[top:bottom, left:right] = 225
    for y in np.linspace(top + 20, bottom - 20, 9).round().astype(int):
        cv2.line(picture, (left + 30, y), (right - 30, y), (30, 30, 30), 3)
    return picture, np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def darkest_rows(image, count=25):
    """The rows of the first ruled line, at places across the page."""
    high, wide = image.shape[:2]
    columns = np.linspace(0.08 * wide, 0.92 * wide, count).astype(int)
    strip = 255.0 - image[: high // 12, columns, 0]
    strip[strip < 60] = 0
    strip[: high // 60] = 0
    return columns, (strip * np.arange(len(strip))[:, None]).sum(0) / strip.sum(0)


def test_what_a_lens_bent_is_straight_again():
    size = (1600, 1200)
    pinhole, corners = ruled(size)
    picture = warped(pinhole, lambda points: unbent(points, BARREL, size), size)
    quad = tuple(map(tuple, bent(corners, BARREL, size)))

    def bow_px(page):
        x, y = darkest_rows(page.image)
        return np.abs(y - np.polyval(np.polyfit(x, y, 1), x)).max()

    with_lens, without = straighten(picture, quad, lens=BARREL), straighten(picture, quad)

    line = bent(np.column_stack([np.linspace(200, 1400, 25), np.full(25, 110.0)]), BARREL, size)
    x, y = cv2.perspectiveTransform(line[:, None], without.to_page)[:, 0].T
    assert with_lens.steps[:2] == ("lens", "perspective")
    assert with_lens.curl is None
    assert bow_px(with_lens) < 0.4
    assert np.abs(y - np.polyval(np.polyfit(x, y, 1), x)).max() > 4


def test_the_focal_length_of_the_lens_gives_the_true_shape():
    lens = Lens(aspect=1.0, focal_share=1400 / 1600)
    other = Lens(aspect=1.0, focal_share=3.0)
    picture, quad, _ = seen(SHEET, turn_deg=2.0, tilt_deg=35.0)

    def aspect(page):
        return page.image.shape[0] / page.image.shape[1]

    assert aspect(straighten(picture, quad, lens=lens)) == pytest.approx(1754 / 1240, rel=0.004)
    assert aspect(straighten(picture, quad, lens=other)) != pytest.approx(1754 / 1240, rel=0.05)


def test_a_picture_of_another_camera_keeps_its_own_lines():
    picture, corners = ruled((1600, 900))
    quad = tuple(map(tuple, corners))

    page = straighten(picture, quad, lens=BARREL)

    assert "lens" not in page.steps


def test_a_whole_picture_loses_nothing_when_its_lens_is_undone():
    size = (800, 600)
    picture = np.full((600, 800, 3), 200, np.uint8)

    page = straighten(picture, None, lens=BARREL)

    border = unbent(
        np.array([[0.0, 0.0], [799.0, 0.0], [799.0, 599.0], [0.0, 599.0]]), BARREL, size
    )
    placed = cv2.perspectiveTransform(border[:, None], page.to_page)[:, 0]
    high, wide = page.image.shape[:2]
    assert (placed >= -0.5).all()
    assert (placed <= (wide - 0.5, high - 0.5)).all()
