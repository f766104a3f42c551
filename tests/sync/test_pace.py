from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from sync.pace import SMALLEST_BYTES, Pace, Pause


def test_a_thin_line_gets_small_chunks_that_stay_below_an_eighth_of_the_keepalive() -> None:
    pace = Pace(262_144, keepalive_s=5)

    for _ in range(30):
        pace.receipted(8_000, 1.0)

    assert pace.chunk_bytes == 4096
    assert pace.chunk_bytes / 8_000 < 5 / 8


def test_a_good_line_gets_the_largest_chunks() -> None:
    pace = Pace(65_536, keepalive_s=60)

    pace.receipted(1_000_000, 0.1)

    assert pace.chunk_bytes == 65_536


def test_each_fall_halves_the_chunk_down_to_the_smallest() -> None:
    pace = Pace(65_536, keepalive_s=60)
    sizes = []

    for _ in range(6):
        pace.fell()
        sizes.append(pace.chunk_bytes)

    assert sizes == [32_768, 16_384, 8192, 4096, 4096, 4096]


def test_after_a_fall_good_measures_bring_large_chunks_back() -> None:
    pace = Pace(65_536, keepalive_s=60)
    pace.fell()

    for _ in range(5):
        pace.receipted(262_144, 0.1)

    assert pace.chunk_bytes == 65_536


@given(st.lists(st.tuples(st.integers(0, 10**7), st.floats(0, 100)), max_size=20))
def test_a_chunk_is_always_a_power_of_two_in_bounds(measures: list[tuple[int, float]]) -> None:
    pace = Pace(65_536, keepalive_s=30)

    for size_bytes, elapsed_s in measures:
        pace.receipted(size_bytes, elapsed_s)

    assert SMALLEST_BYTES <= pace.chunk_bytes <= 65_536
    assert pace.chunk_bytes & (pace.chunk_bytes - 1) == 0


@given(st.integers())
def test_pauses_grow_stay_bounded_and_begin_again(seed: int) -> None:
    pause = Pause(0.5, 8.0, random.Random(seed))

    pauses = [pause.next_s() for _ in range(40)]
    pause.begin()

    assert all(0.5 <= each <= 8.5 for each in pauses)
    assert max(pauses[10:]) > 2.0
    assert pause.next_s() <= 1.0
