import functools

import cv2
import numpy as np
import pytest

from firmware_config.schema import Imaging, Judging
from station.imaging.find import Finding
from station.imaging.fingerprint import LIMIT_BYTES, fingerprint_of, likeness
from station.imaging.judge import judge
from station.imaging.sheet import measured
from station.imaging.straighten import straighten
from tests.benchmarks._turned_pages import glyph, page

QUAD = ((60.0, 60.0), (1300.0, 60.0), (1300.0, 1814.0), (60.0, 1814.0))
SHEET = Finding(kind="sheet", quad=QUAD, confidence=1.0)


def written(seed=11, layout="lines"):
    return drawn(seed, layout).copy()


@functools.cache
def drawn(seed, layout):
    return cv2.resize(
        page(np.random.default_rng(seed), layout), (1240, 1754), interpolation=cv2.INTER_AREA
    )


def photographed(sheet, *, paper=215.0, seed=0, blur_px=0.6, noise=2.5, desk=45):
    """The sheet flat on a dark desk: 1360 x 1874, BGR, a little warm."""
    grey = np.full((1874, 1360), desk, np.float32)
    grey[60:1814, 60:1300] = sheet * (paper / 255)
    grey = cv2.GaussianBlur(grey, (0, 0), blur_px)
    colour = cv2.merge([grey * 0.93, grey * 0.98, grey])
    colour += np.random.default_rng(seed).normal(0, noise, colour.shape)
    return colour.clip(0, 255).astype(np.uint8)


def sheet_of(pixels, quad=QUAD):
    page = straighten(pixels, quad)
    return measured(pixels, page.to_page, page.image.shape[1::-1], quad)


def same(one, other):
    return likeness(one, other) >= Imaging().judging.same[0]


def judged(pixels, finding=SHEET, settings=None, previous=b""):
    sheet = sheet_of(pixels, finding.quad)
    now = fingerprint_of(sheet)
    return judge(sheet, finding, settings or Imaging(), now=now, previous=previous)


def test_a_clear_page_is_good():
    quality = judged(photographed(written()))
    assert (quality.verdict, quality.reasons) == ("good", ())
    assert quality.numbers["sharpness"] > 6


def test_a_page_out_of_focus_is_bad():
    quality = judged(photographed(written(), blur_px=5.0))
    assert (quality.verdict, quality.reasons) == ("bad", ("blurred",))


def test_a_page_that_is_merely_small_is_not_blurred():
    small = cv2.resize(photographed(written()), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    quad = tuple((x * 0.4, y * 0.4) for x, y in QUAD)
    assert judged(small, Finding(kind="sheet", quad=quad, confidence=1.0)).verdict == "good"


def test_a_black_frame_is_bad():
    black = np.random.default_rng(0).integers(0, 12, (600, 800, 3), dtype=np.uint8)
    quality = judged(black, Finding(kind="none", confidence=1.0))
    assert quality.verdict == "bad"
    assert "dark" in quality.reasons


def test_a_dim_page_and_an_overexposed_page_are_looked_at():
    assert judged(photographed(written(), paper=70)).reasons == ("dark",)
    bright = np.clip(photographed(written()).astype(int) + 90, 0, 255).astype(np.uint8)
    assert judged(bright).reasons == ("bright",)


def test_a_dark_cover_on_a_desk_in_good_light_is_not_surely_dark():
    cover = photographed(written(), paper=70, desk=170)
    assert "dark" not in judged(cover).sure


def test_red_paper_in_good_light_is_neither_dark_nor_a_hand():
    red = (photographed(written()) * (0.36, 0.43, 0.92)).astype(np.uint8)
    red[np.all(photographed(written()) < 80, axis=2)] = 45
    assert judged(red).sure == ()


def test_a_white_scan_is_not_overexposed():
    scan = cv2.merge([written()] * 3)
    assert judged(scan, Finding(kind="whole", confidence=1.0)).verdict == "good"


def test_a_hard_shadow_is_uneven_light():
    shaded = photographed(written()).astype(np.float32)
    shaded[:, :600] *= 0.35
    assert judged(shaded.astype(np.uint8)).reasons == ("uneven-light",)


def test_a_mirrored_lamp_is_glare():
    lamp = np.zeros((1874, 1360), np.float32)
    cv2.circle(lamp, (700, 800), 160, 120.0, -1)
    lamp = cv2.GaussianBlur(lamp, (0, 0), 50)[..., None]
    lit = np.clip(photographed(written(), paper=190) + lamp, 0, 255).astype(np.uint8)
    assert judged(lit).reasons == ("glare",)


def test_a_finger_that_reaches_in_is_a_hand():
    held = photographed(written())
    cv2.ellipse(held, (1300, 1200), (150, 45), 0, 0, 360, (120, 140, 205), -1)
    assert judged(held).reasons == ("hand",)


def test_a_red_seal_is_no_hand():
    sealed = photographed(written())
    cv2.circle(sealed, (1000, 1500), 120, (60, 60, 200), 10)
    cv2.circle(sealed, (1000, 1500), 30, (60, 60, 200), -1)
    assert judged(sealed).verdict == "good"


def test_an_empty_page_is_blank_and_one_word_in_pencil_is_not():
    empty = np.full((1754, 1240), 255, np.uint8)
    assert judged(photographed(empty)).reasons == ("blank",)
    rng = np.random.default_rng(4)
    for x in (500, 545, 590):
        empty[300:340, x : x + 40] = glyph(rng, 40, 215)
    assert "blank" not in judged(photographed(empty)).reasons


def test_an_empty_page_is_blank_however_much_the_sensor_specks_it():
    empty = photographed(np.full((1754, 1240), 255, np.uint8))
    rng = np.random.default_rng(6)
    for x, y in rng.integers((150, 150), (1200, 1700), (60, 2)):
        empty[y : y + 5, x : x + 5] = 150
    assert judged(empty).sure == ("blank",)


def test_an_empty_page_that_was_folded_and_stained_is_blank_and_not_blurred():
    empty = np.full((1754, 1240), 255, np.uint8)
    empty[874:880], empty[:, 617:623] = 232, 232
    cv2.ellipse(empty, (900, 400), (200, 150), 0, 0, 360, 225, 12)
    folded = photographed(cv2.GaussianBlur(empty, (0, 0), 4), noise=6)
    assert judged(folded).sure == ("blank",)


def test_what_finding_says_is_passed_on():
    pixels = photographed(written())
    cut = Finding(kind="sheet", quad=QUAD, confidence=1.0, cut=True)
    assert judged(pixels, cut).reasons == ("cut",)
    doubtful = Finding(kind="sheet", quad=None, confidence=0.2)
    assert judged(pixels, doubtful).reasons[0] == "no-page"
    assert judged(pixels, doubtful).verdict == "check"
    assert judged(pixels, Finding(kind="none", confidence=1.0)).verdict == "bad"


def test_several_sheets_in_one_frame_are_to_be_taken_one_by_one():
    two = Finding(kind="sheet", quad=QUAD, confidence=1.0, others=1)
    quality = judged(photographed(written()), two)
    assert (quality.verdict, quality.reasons) == ("bad", ("several",))


def test_low_resolution_is_judged_only_where_the_size_of_the_sheet_is_known():
    pixels = photographed(written())
    assert judged(pixels, settings=Imaging(minimum_dpi=300)).verdict == "good"
    known = Imaging(minimum_dpi=300, sheet_long_side_mm=297)
    assert judged(pixels, settings=known).reasons == ("low-dpi",)


def test_a_sheet_that_is_cut_off_has_no_resolution():
    known = Imaging(minimum_dpi=300, sheet_long_side_mm=297)
    cut = Finding(kind="sheet", quad=QUAD, confidence=1.0, cut=True)
    assert judged(photographed(written()), cut, known).reasons == ("cut",)


def test_the_threshold_of_sharpness_is_a_setting():
    strict = Imaging(judging=Judging(blurred=(30.0, 20.0)))
    assert judged(photographed(written(), blur_px=2.5), settings=strict).reasons == ("blurred",)


def test_the_same_page_taken_twice_is_recognised():
    first = fingerprint_of(sheet_of(photographed(written(), seed=1)))
    assert len(first) <= LIMIT_BYTES
    again = photographed(written(), seed=2, paper=205)
    assert "same" in judged(again, previous=first).reasons


def test_a_page_of_few_lines_moved_a_little_is_recognised():
    few = written(layout="few")
    first = fingerprint_of(sheet_of(photographed(few, seed=1)))
    moved = tuple((x + 3, y - 2) for x, y in QUAD)
    assert same(first, fingerprint_of(sheet_of(photographed(few, seed=2), moved)))


def test_forms_that_differ_in_a_name_are_not_the_same():
    form = written(layout="table")
    rng = np.random.default_rng(5)
    names = []
    for seed in range(2):
        filled = form.copy()
        for x in (400, 432, 464):
            filled[600:632, x : x + 32] = glyph(rng, 32, 60)
        names.append(fingerprint_of(sheet_of(photographed(filled, seed=seed))))
    assert not same(*names)


def test_two_blank_sheets_are_two_sheets():
    blank = photographed(np.full((1754, 1240), 255, np.uint8))
    print_of_it = fingerprint_of(sheet_of(blank))
    assert not same(print_of_it, print_of_it)


@pytest.mark.parametrize("damaged", [b"", b"\0" * 100, b"\xff\xd8\xff\xe0", b"text"])
def test_a_damaged_fingerprint_is_like_nothing(damaged):
    whole = fingerprint_of(sheet_of(photographed(written())))
    assert likeness(damaged, whole) == likeness(whole, damaged) == 0.0


def test_a_page_that_moved_is_blurred_in_whatever_direction():
    way = np.zeros((25, 25), np.float32)
    cv2.line(way, (2, 6), (22, 18), 1.0, 1)
    moved = cv2.filter2D(photographed(written()), -1, way / way.sum())
    assert judged(moved).sure == ("blurred",)


def test_a_soft_photograph_above_sharp_writing_is_no_blur():
    sheet = written()
    rng = np.random.default_rng(2)
    sheet[150:800, 150:1090] = cv2.GaussianBlur(
        cv2.resize(rng.integers(0, 255, (40, 60), dtype=np.uint8), (940, 650)), (0, 0), 9
    )
    assert "blurred" not in judged(photographed(sheet)).sure


@pytest.mark.parametrize(
    "skin_bgr", [(150, 175, 225), (110, 140, 195), (45, 62, 98), (190, 120, 50)]
)
def test_a_hand_of_any_skin_or_a_blue_glove_is_surely_a_hand(skin_bgr):
    held = photographed(written())
    cv2.ellipse(held, (1330, 1200), (190, 50), 0, 0, 360, skin_bgr, -1)
    assert judged(held).sure == ("hand",)


def test_a_white_glove_on_a_dark_desk_is_doubted():
    held = photographed(written())
    cv2.ellipse(held, (1330, 1200), (150, 40), 0, 0, 360, (150, 152, 154), -1)
    cv2.ellipse(held, (1330, 1195), (140, 30), 0, 0, 360, (215, 218, 220), -1)
    quality = judged(held)
    assert (quality.reasons, quality.sure) == (("hand",), ())


def test_another_sheet_beside_this_one_is_no_glove():
    beside = photographed(written())
    beside[900:1200, 1303:] = (190, 200, 205)
    assert judged(beside).verdict == "good"


def test_a_shadow_across_the_edge_is_no_glove():
    shaded = photographed(written(), desk=120)
    shaded[800:900] = (shaded[800:900] * 0.6).astype(np.uint8)
    assert "hand" not in judged(shaded).reasons


def test_a_stain_at_the_edge_is_no_hand():
    stained = photographed(written())
    stain = np.zeros(stained.shape[:2], np.uint8)
    cv2.ellipse(stain, (1300, 1200), (150, 60), 0, 0, 360, 255, -1)
    stain[:, 1300:] = 0
    stained[stain > 0] = (stained[stain > 0] * (0.72, 0.85, 1.0)).astype(np.uint8)
    assert "hand" not in judged(stained).sure


def test_light_that_turns_warmer_towards_a_corner_is_no_hand():
    warm = photographed(written(layout="few"), desk=190).astype(np.float32)
    warm[np.all(warm < 200, axis=2)] = (185, 185, 190)
    down, across = np.ogrid[: warm.shape[0], : warm.shape[1]]
    near = np.exp(-(((down - 1500) / 250) ** 2) - ((across - 1330) / 250) ** 2)[..., None]
    warm *= 1 + near * np.array([-0.2, -0.08, 0.08])
    assert "hand" not in judged(warm.clip(0, 255).astype(np.uint8)).reasons


@pytest.mark.parametrize("blocks", [(4, 5), (6, 8)])
def test_a_cover_of_many_colours_is_no_sure_hand(blocks):
    inks = np.uint8([(190, 120, 30), (120, 70, 200), (60, 160, 90), (40, 190, 230)])
    art = inks[np.random.default_rng(0).integers(0, 4, blocks[::-1])]
    cover = photographed(written(layout="few"))
    cover[60:1814, 60:1300] = cv2.resize(art, (1240, 1754), interpolation=cv2.INTER_NEAREST)
    assert "hand" not in judged(cover).sure


def test_a_torn_corner_is_no_hand():
    torn = photographed(written())
    torn[np.all(torn < 80, axis=2)] = (70, 105, 150)
    cv2.fillPoly(torn, [np.array([(1300, 60), (1300, 260), (1130, 60)])], (70, 105, 150))
    assert "hand" not in judged(torn).reasons


def test_a_photograph_printed_on_the_page_is_no_uneven_light():
    sheet = written()
    sheet[500:1200, 250:1000] = 60
    assert "uneven-light" not in judged(photographed(sheet)).reasons


def test_people_on_an_album_page_are_neither_shadow_nor_blur():
    sheet = written(layout="few")
    crowd = np.random.default_rng(3).choice(np.uint8([20, 60, 110, 150]), (18, 24))
    crowd = cv2.resize(crowd, (1140, 800), interpolation=cv2.INTER_NEAREST)
    sheet[900:1700, 50:1190] = cv2.GaussianBlur(crowd, (0, 0), 3)
    assert judged(photographed(sheet)).sure == ()


def test_a_desk_without_anything_crisp_is_surely_bare_and_a_lost_page_is_not():
    lost = Finding(kind="none", quad=None, confidence=0.4)
    cloth = np.random.default_rng(9).normal(80, 40, (187, 136, 3)).clip(0, 255).astype(np.uint8)
    desk = cv2.resize(cloth, (1360, 1874), interpolation=cv2.INTER_CUBIC)
    assert "no-page" in judged(desk, lost).sure
    assert "no-page" not in judged(photographed(written(), paper=135), lost).sure


def test_a_desk_that_fills_the_frame_may_be_no_page():
    desk = np.random.default_rng(8).normal(110, 3, (1874, 1360, 3)).clip(0, 255).astype(np.uint8)
    quality = judged(desk, Finding(kind="whole", confidence=1.0))
    assert "no-page" in quality.reasons
    assert quality.verdict == "check"


def test_only_what_is_sure_has_the_page_taken_again():
    assert judged(photographed(written(), blur_px=5.0)).verdict == "bad"
    assert judged(photographed(written(), paper=105)).verdict == "check"
    cut = Finding(kind="sheet", quad=QUAD, confidence=0.97, cut=True)
    assert judged(photographed(written()), cut).verdict == "bad"


def test_both_limits_of_a_reason_are_settings():
    pixels = photographed(written())
    sharp = judged(pixels).numbers["sharpness"]
    doubtful = Imaging(judging=Judging(blurred=(sharp + 1, sharp - 1)))
    certain = Imaging(judging=Judging(blurred=(sharp + 2, sharp + 1)))
    assert (judged(pixels, settings=doubtful).reasons, judged(pixels).sure) == (("blurred",), ())
    assert judged(pixels, settings=certain).verdict == "bad"
