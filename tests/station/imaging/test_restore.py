from __future__ import annotations

import cv2
import numpy as np
import pytest

from station.imaging.restore import for_reading, for_viewing
from tests.station.imaging.drawings import page, sealed


def darkness(image: np.ndarray, where: np.ndarray) -> float:
    return 255 - float(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[where].mean())


def redness(image: np.ndarray) -> float:
    """How far red stands above green, beyond what it does on the bare paper."""
    return float((image[..., 2].astype(int) - image[..., 1] - 12).clip(0).mean())


def test_a_clean_page_is_given_back_untouched():
    clean, _ = page()
    restored = for_reading(clean)
    assert restored.image is clean
    assert not restored.kept
    assert restored.applied == ()


def test_writing_of_the_back_fades_and_that_of_the_front_stays():
    bled, ink = page(back=0.3)
    front, bare = ink > 200, cv2.dilate(ink, np.ones((9, 9))) == 0
    restored = for_reading(bled)
    blank, _ = page(ink=0.0)
    assert "back" in restored.applied
    assert darkness(restored.image, front) > 0.97 * darkness(bled, front)
    paper = darkness(blank, bare)
    assert darkness(restored.image, bare) - paper < 0.35 * (darkness(bled, bare) - paper)


def test_pencil_beside_ink_is_not_taken_for_the_back():
    noted, _ = page(pencil=True)
    assert "back" not in for_reading(noted).applied


def test_pencil_survives_where_the_back_is_taken_away():
    noted, _ = page(back=0.3, pencil=True)
    restored = for_reading(noted)
    pencil = noted[1000:1150, 200:700].max(axis=2) < 190
    assert "back" in restored.applied
    kept = restored.image[1000:1150, 200:700].max(axis=2)[pencil]
    assert np.mean(kept < 205) > 0.9


def test_a_seal_goes_and_the_writing_under_it_stays():
    written, ink = page()
    stamped = sealed(written, (450, 400))
    restored = for_reading(stamped)
    assert restored.applied == ("seal",)
    under = (slice(300, 500), slice(350, 550))
    assert redness(restored.image[under]) < 0.25 * redness(stamped[under])
    strokes = ink[under] > 200
    assert restored.image[under][strokes].mean() < 1.1 * written[under][strokes].mean()


def test_the_page_for_people_keeps_its_seal_red():
    stamped = sealed(page()[0], (450, 400))
    seen = for_viewing(stamped).image
    red = stamped[..., 2].astype(int) - stamped[..., 1] > 60
    assert (seen[..., 2].astype(int) - seen[..., 1])[red].mean() > 50


def test_the_page_for_people_is_evenly_lit_but_keeps_its_black_border():
    lit = page()[0]
    lit = (lit * np.linspace(1.0, 0.7, lit.shape[1])[None, :, None]).astype(np.uint8)
    lit[:, :40] = 6
    seen = for_viewing(lit).image
    assert np.median(seen[:, -60:]) > 1.2 * np.median(lit[:, -60:])
    assert np.median(seen[:, 5:30]) < 12


def test_faint_writing_is_lifted_for_people_and_for_reading():
    faint, ink = page(ink=0.07)
    strokes, bare = ink > 200, ink == 0
    for restored in (for_reading(faint), for_viewing(faint)):
        assert "ink" in restored.applied
        before = darkness(faint, strokes) - darkness(faint, bare)
        assert darkness(restored.image, strokes) - darkness(restored.image, bare) > 2 * before


@pytest.mark.parametrize("rest", [0, 1, 2, 3])
def test_the_back_goes_from_a_page_of_any_size(rest):
    bled = cv2.resize(page(back=0.3)[0], (2400 + rest, 3200 + rest))
    restored = for_reading(bled)
    assert restored.applied == ("back",)
    corner = (slice(-200, None), slice(-200, None))
    assert darkness(restored.image, corner) <= darkness(bled, corner) + 1


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (7, 9), (60, 3000)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_what_is_no_page_comes_back_in_its_size(shape, level):
    picture = np.full((*shape, 3), level, np.uint8)
    assert for_reading(picture).image.shape == picture.shape
    assert for_viewing(picture).image.shape == picture.shape


def test_noise_is_no_writing_of_the_back():
    noise = np.random.default_rng(3).integers(0, 256, (800, 600, 3)).astype(np.uint8)
    assert "back" not in for_reading(noise).applied
