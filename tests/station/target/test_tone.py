import cv2
import numpy as np
import pytest

from firmware_config.errors import InputError
from station.target import colour, layout
from station.target.locate import located
from station.target.tone import Tone, tone
from tests.station.target.photographed import Shot, photograph


def tone_of(shot: Shot, printed: np.ndarray) -> Tone:
    picture = photograph(shot, printed)
    return tone(picture, located(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)))


def lightness(codes: np.ndarray) -> np.ndarray:
    return colour.lab(colour.linear(np.repeat(np.asarray(codes, float)[..., None], 3, axis=-1)))[
        ..., 0
    ]


@pytest.mark.parametrize("shade", [0.05, 0.25, 0.5])
def test_uniformity_is_that_of_the_light(shade: float, printed: np.ndarray):
    shot = Shot(dpi=120, shade=shade, noise=2, tilt_x_deg=3)

    told = tone_of(shot, printed)

    light = shot.light_at(shot.pixels(layout.fields().reshape(-1, 2))) * shot.exposure
    true = lightness(shot.coded(light))
    assert told.uneven_percent == pytest.approx(100 * (1 - true.min() / true.max()), abs=0.5)
    assert told.dimmest_percent == pytest.approx(100 * light.min() / light.max(), abs=1.0)


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2, 2.6])
def test_the_tone_curve_is_found_from_the_grey_steps(gamma: float, printed: np.ndarray):
    told = tone_of(Shot(dpi=120, gamma=gamma, flare=0.03, shade=0.2), printed)

    assert told.gamma == pytest.approx(gamma, abs=0.1) or gamma == 1.0
    assert told.gamma_known or gamma == 1.0


def test_srgb_is_near_a_gamma_of_2_2(printed: np.ndarray):
    assert tone_of(Shot(dpi=120), printed).gamma == pytest.approx(2.2, abs=0.15)


def test_steps_that_were_printed_wrong_are_not_believed(printed: np.ndarray):
    wrong = np.where((printed > 0.3) & (printed < 0.6), 0.9, printed)

    told = tone_of(Shot(dpi=120), wrong)

    assert not told.gamma_known
    assert told.gamma == 2.2


def test_noise_is_that_of_one_pixel(printed: np.ndarray):
    shot = Shot(dpi=120, noise=4, flare=0.1)

    told = tone_of(shot, printed)

    # Luminance of three channels that are noisy each for itself; darker is worse.
    rng = np.random.default_rng(0)
    black = shot.coded(np.array([0.1 / 1.1 * shot.exposure]))
    many = np.clip(np.rint(black + rng.normal(0, 4, (20_000, 3))), 0, 255)
    assert told.noise_l == pytest.approx(colour.lab(colour.linear(many))[:, 0].std(), rel=0.1)


def test_a_colour_cast_is_the_chroma_of_the_paper(printed: np.ndarray):
    shot = Shot(dpi=120, cast=(0.9, 1.0, 1.05))

    told = tone_of(shot, printed)

    white = colour.lab(shot.exposure * np.array(shot.cast))
    assert told.white_ab == pytest.approx(float(np.hypot(white[1], white[2])), abs=0.3)
    assert tone_of(Shot(dpi=120), printed).white_ab < 0.2


def test_paper_at_full_scale_is_told(printed: np.ndarray):
    assert tone_of(Shot(dpi=120, exposure=1.3), printed).clipped_percent > 99
    assert tone_of(Shot(dpi=120), printed).clipped_percent == 0


def test_a_picture_in_the_dark_is_refused(printed: np.ndarray):
    with pytest.raises(InputError) as caught:
        tone_of(Shot(dpi=120, exposure=0.018), printed)

    assert "太暗" in caught.value.hint
