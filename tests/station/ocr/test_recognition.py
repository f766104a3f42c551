from collections.abc import Callable

import numpy as np
import pytest

from station.ocr.recognition import NARROWEST_PX, PRESSED, TOGETHER_PX, Recogniser

ALPHABET = ["blank", "村", "国", "1", "0"]


def strip(width: int, shade: int = 100) -> np.ndarray:
    return np.full((48, width, 3), shade, np.uint8)


def spoken(text: str, chance: float = 0.9, steps: int = 40) -> np.ndarray:
    """What the network gives for `text`: each character over two steps, a blank after each."""
    chances = np.full((steps, len(ALPHABET)), 0.01, np.float32)
    chances[:, 0] = 0.95
    for place, character in enumerate(text):
        chances[3 * place : 3 * place + 2, ALPHABET.index(character)] = chance
        chances[3 * place : 3 * place + 2, 0] = 0.05
    return chances


class Network:
    """Remembers what it was shown and says what `says` makes of each line in it."""

    def __init__(self, says: Callable[[np.ndarray], np.ndarray]) -> None:
        self.shown: list[tuple[int, ...]] = []
        self._says = says

    def __call__(self, lines: np.ndarray) -> np.ndarray:
        self.shown.append(lines.shape)
        return np.stack([self._says(line) for line in lines])


def recogniser(network: Network) -> Recogniser:
    return Recogniser(network, ALPHABET)


def test_repeats_are_one_character_and_a_blank_parts_two() -> None:
    network = Network(lambda _: spoken("村村国"))
    [reading] = recogniser(network).read_whole([strip(200)])
    assert reading.text == "村村国"
    assert reading.certainty == (90, 90, 90)
    assert reading.score == pytest.approx(0.9)


def test_a_line_without_characters_is_an_empty_reading() -> None:
    [reading] = recogniser(Network(lambda _: spoken(""))).read([strip(10)])
    assert reading == ("", ())
    assert reading.score == 0.0


def test_readings_come_in_the_order_of_the_lines_whatever_their_widths() -> None:
    def by_shade(line: np.ndarray) -> np.ndarray:
        return spoken("村" if line[0, 0, 0] < 0 else "国")

    shades = [(700, 20), (90, 220), (88, 20), (1200, 220), (91, 220)]
    strips = [strip(width, shade) for width, shade in shades]
    texts = [reading.text for reading in recogniser(Network(by_shade)).read_whole(strips)]
    assert texts == ["村", "国", "村", "国", "国"]


def test_short_lines_of_about_a_width_go_together_within_a_bound() -> None:
    network = Network(lambda _: spoken("村"))
    recogniser(network).read_whole([strip(width) for width in [5, 40, 64, *[90] * 9, 641]])
    assert network.shown == [(3, 3, 48, 64), (6, 3, 48, 96), (3, 3, 48, 96), (1, 3, 48, 672)]
    assert all(lines * width <= max(TOGETHER_PX, width) for lines, _, _, width in network.shown)


def test_a_line_is_pressed_together_and_a_sure_one_read_once() -> None:
    network = Network(lambda _: spoken("村国"))
    recogniser(network).read([strip(640)])
    assert network.shown == [(1, 3, 48, round(640 * PRESSED))]


def test_a_doubtful_line_is_read_again_as_it_is_and_the_surer_reading_kept() -> None:
    def says(line: np.ndarray) -> np.ndarray:
        return spoken("国", 0.7) if line.shape[2] < 320 else spoken("村", 0.75)

    network = Network(says)
    [reading] = recogniser(network).read([strip(320)])
    assert [shape[3] for shape in network.shown] == [224, 320]
    assert reading.text == "村"


def test_equal_digits_that_ran_into_one_are_counted_on_the_whole_line() -> None:
    def says(line: np.ndarray) -> np.ndarray:
        return spoken("10000", 0.8) if line.shape[2] >= 320 else spoken("1000", 0.99)

    [reading] = recogniser(Network(says)).read([strip(320)])
    assert reading.text == "10000"


def test_the_narrowest_line_is_widened_with_grey_on_its_right() -> None:
    seen: list[np.ndarray] = []

    def says(line: np.ndarray) -> np.ndarray:
        seen.append(line)
        return spoken("村")

    recogniser(Network(says)).read_whole([strip(20, 255)])
    [line] = seen
    assert line.shape == (3, 48, NARROWEST_PX)
    assert (line[:, :, :20] == 1.0).all()
    assert (line[:, :, 20:] == 0.0).all()


def test_no_lines_ask_nothing_of_the_network() -> None:
    network = Network(lambda _: spoken("村"))
    assert recogniser(network).read([]) == []
    assert network.shown == []
