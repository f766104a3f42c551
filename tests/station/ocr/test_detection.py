from typing import Any

import numpy as np
import pytest

from station.ocr.detection import FIRST_SIDE_PX, Detector


class Model:
    """Finds rows of one height on every page, and remembers at which sides it looked."""

    def __init__(self, row_px: float, rows: int = 6) -> None:
        self.sides_px: list[int] = []
        self._row_px, self._rows = row_px, rows

    def predict(
        self, page: np.ndarray, *, limit_side_len: int, limit_type: str
    ) -> list[dict[str, Any]]:
        assert limit_type == "max"
        self.sides_px.append(limit_side_len)
        tops = [2 * self._row_px * row for row in range(self._rows)]
        polys = [
            [(9, top), (900, top), (900, top + self._row_px), (9, top + self._row_px)]
            for top in tops
        ]
        return [{"dt_polys": np.array(polys).reshape(-1, 4, 2)}]


def page(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def test_ordinary_writing_is_found_at_the_first_look() -> None:
    model = Model(row_px=60)
    boxes = Detector(model, 1600).boxes(page(2400, 1697))
    assert model.sides_px == [FIRST_SIDE_PX]
    assert len(boxes) == 6
    assert boxes[1] == ((9.0, 120.0), (900.0, 120.0), (900.0, 180.0), (9.0, 180.0))


def test_small_print_is_looked_at_again_enlarged_to_fit() -> None:
    model = Model(row_px=28)
    Detector(model, 4000).boxes(page(2400, 1697))
    assert model.sides_px == [FIRST_SIDE_PX, pytest.approx(2400 * 17 / 28, abs=2)]


def test_no_look_is_larger_than_the_bound_or_the_page() -> None:
    bounded, small = Model(row_px=16), Model(row_px=9)
    Detector(bounded, 1280).boxes(page(4000, 2828))
    Detector(small, 1280).boxes(page(707, 1000))
    assert bounded.sides_px == [FIRST_SIDE_PX, 1280]
    assert small.sides_px == [FIRST_SIDE_PX, 1000]


@pytest.mark.parametrize(("height", "width"), [(3000, 3000), (3000, 2000), (1000, 2500)])
def test_pages_of_any_shape_are_looked_at_with_as_many_pixels(height: int, width: int) -> None:
    model = Model(row_px=1)
    Detector(model, 1280).boxes(page(height, width))
    for side, least_px in zip(model.sides_px, [960**2, 1280**2], strict=True):
        shown = side * side * min(height, width) / max(height, width)
        assert shown <= 1.01 * least_px / 2**0.5


def test_a_long_slip_is_not_looked_at_without_end() -> None:
    model = Model(row_px=60)
    Detector(model, 1280).boxes(page(9000, 300))
    assert max(model.sides_px) <= 1280 * 1.2


def test_a_small_page_is_never_enlarged() -> None:
    model = Model(row_px=8)
    Detector(model, 1600).boxes(page(300, 200))
    assert model.sides_px == [300]


def test_an_empty_page_is_looked_at_once() -> None:
    model = Model(row_px=8, rows=0)
    assert Detector(model, 1600).boxes(page(2400, 1697)) == []
    assert model.sides_px == [FIRST_SIDE_PX]
