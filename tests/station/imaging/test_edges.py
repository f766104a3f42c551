import numpy as np
import pytest

from station.imaging.edges import LIT, at_working_size, shrunk
from station.imaging.picture import half_of


@pytest.mark.parametrize("shape", [(1201, 1603, 3), (900, 2560, 3), (3, 5000, 3), (1950, 1300, 3)])
def test_a_frame_looks_the_same_made_smaller_by_way_of_its_half(shape):
    frame = np.random.default_rng(5).integers(0, 255, shape, dtype=np.uint8)

    straight, factor = shrunk(frame)
    by_half, same_factor = shrunk(frame, half=half_of(frame))

    assert same_factor == factor
    assert by_half.shape == straight.shape
    assert np.abs(by_half.astype(int) - straight).max(initial=0) <= 1


def test_shades_lost_in_whole_levels_of_a_dark_frame_come_back():
    noise = np.random.default_rng(6).normal(0, 3, (1280, 1280, 3))
    dark = np.full((1280, 1280, 3), 30.2)
    dark[:, 640:] = 30.7
    frame = np.rint(dark + noise).clip(0, 255).astype(np.uint8)

    small, _ = at_working_size(frame, half_of(frame))

    assert small.mean() > 3 * 30
    assert small.mean() <= LIT
    assert small[:, 320:].mean() - small[:, :320].mean() > 1.5
