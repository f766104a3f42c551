import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from station.imaging.levels import level_at

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=40)


@given(arrays.arrays(np.uint8, SHAPES), st.floats(0, 100))
def test_it_is_the_percentile(pixels: np.ndarray, percent: float) -> None:
    assert np.isclose(level_at(pixels, percent), np.percentile(pixels, percent))


def test_every_other_row_of_a_picture_will_do() -> None:
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)

    assert level_at(picture[::2], 50) == np.percentile(picture[::2], 50)
