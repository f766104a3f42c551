from collections.abc import Sequence

import numpy as np
import pytest

from firmware_config.schema import Ocr
from station.model import Line
from station.ocr import weights
from station.ocr.engine import Image
from station.ocr.paddle import PaddleEngine
from station.ocr.turn import read_either_way, turned_deg

BOX = ((10.0, 20.0), (90.0, 20.0), (90.0, 40.0), (10.0, 40.0))
LEGIBLE = Line(text="小孙庄村民委员会", score=0.98, box=BOX)
GIBBERISH = Line(text="岂丿", score=0.5, box=BOX)


def page(*, upside_down: bool) -> Image:
    image = np.zeros((100, 200, 3), np.uint8)
    image[-1 if upside_down else 0, 0] = 255
    return image


class Reader:
    """Finds `upright` when the mark is in the first row and `turned` when it is not."""

    def __init__(self, upright: Line | None, turned: Line | None) -> None:
        self.found = {True: upright, False: turned}
        self.pages_read = 0

    def __call__(self, image: Image) -> Sequence[Line]:
        self.pages_read += 1
        line = self.found[bool(image[0].any())]
        return [line] if line else []


def test_a_page_that_reads_well_is_read_once() -> None:
    reader = Reader(LEGIBLE, GIBBERISH)
    assert read_either_way(reader, page(upside_down=False)) == [LEGIBLE]
    assert reader.pages_read == 1


def test_a_page_without_a_line_is_read_once() -> None:
    reader = Reader(None, None)
    assert read_either_way(reader, page(upside_down=False)) == []
    assert reader.pages_read == 1


def test_a_page_upside_down_is_read_and_its_boxes_begin_at_the_bottom_right() -> None:
    (line,) = read_either_way(Reader(LEGIBLE, GIBBERISH), page(upside_down=True))
    assert line.text == LEGIBLE.text
    assert line.box == ((190.0, 80.0), (110.0, 80.0), (110.0, 60.0), (190.0, 60.0))


def test_a_page_that_reads_poorly_either_way_stays_as_it_lies() -> None:
    other = Line(text="另有更长的乱字", score=0.8, box=BOX)
    assert read_either_way(Reader(GIBBERISH, other), page(upside_down=False)) == [GIBBERISH]


def test_a_sure_but_shorter_reading_does_not_replace_a_long_one() -> None:
    long = Line(text="字迹潦草但是确有其文的一行", score=0.7, box=BOX)
    sure = Line(text="一", score=0.99, box=BOX)
    assert read_either_way(Reader(long, sure), page(upside_down=False)) == [long]


@pytest.mark.ocr
@pytest.mark.parametrize("quarters", [0, 2])
def test_the_engine_reads_a_page_whichever_way_up_it_lies(quarters: int) -> None:
    cv2 = pytest.importorskip("cv2")
    if not (weights.default_folder() / weights.SET).is_dir():
        pytest.skip("OCR weights are absent: run `station models install`")
    image = np.full((300, 1400, 3), 245, np.uint8)
    cv2.putText(
        image, "Register of land 1987", (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 3.0, (20, 20, 20), 6
    )
    lying = np.ascontiguousarray(np.rot90(image, quarters))
    text = PaddleEngine(Ocr(driver="paddle")).read(lying)
    assert text.plain.replace(" ", "") == "Registerofland1987"


def at(left: float, top: float, right: float, bottom: float, text: str) -> Line:
    box = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Line(text=text, score=0.95, box=box)


def test_writing_the_right_way_up_is_turned_by_nothing():
    assert turned_deg([at(0, 0, 300, 20, "一九九一年"), at(0, 30, 300, 50, "minutes")]) == 0


def test_boxes_that_begin_at_the_right_stand_on_their_head():
    line = Line(text="一九九一年", score=0.95, box=((300, 20), (0, 20), (0, 0), (300, 0)))
    assert turned_deg([line]) == 180


def test_latin_lines_that_run_down_the_page_lie_on_their_side():
    assert turned_deg([at(0, 0, 20, 300, "the quick brown"), at(30, 0, 50, 300, "fox")]) == 90


def test_chinese_columns_are_vertical_writing_and_not_turned():
    assert turned_deg([at(0, 0, 20, 300, "立賣契人孫德茂"), at(30, 0, 50, 300, "今因")]) == 0
