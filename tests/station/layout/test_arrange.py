"""The whole page: order, tables, and what stands outside the body."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.layout.arrange import laid_out
from station.model import Grid, Line, Text
from tests.station.layout.drawn import erase, line, paper, rule, ruled, shuffled, texts, turned

XS, YS = [100, 300, 500, 800], [200, 260, 320, 380, 440]


def cells(grid: Grid, text: Text) -> list[tuple[int, int, int, int, str]]:
    return [
        (c.row, c.column, c.rows, c.columns, "".join(text.lines[n].text for n in c.lines))
        for c in grid.cells
    ]


def filled(xs: list[int], ys: list[int]) -> list[Line]:
    """One line in every place of a table, named by row and column."""
    return [
        line(f"{row}行{column}列", xs[column] + 20, ys[row] + 20, 80)
        for row in range(len(ys) - 1)
        for column in range(len(xs) - 1)
    ]


def prose(count: int, left: float, top: float, width: float = 600.0) -> list[Line]:
    return [line(f"正文第{n}行甲乙丙丁戊己庚辛", left, top + 34 * n, width) for n in range(count)]


def test_a_ruled_table_is_read_in_row_order_with_its_grid() -> None:
    page, lines = paper(), filled(XS, YS)
    ruled(page, XS, YS)

    text = laid_out(shuffled(lines), page)

    assert texts(text.lines) == texts(lines)
    (grid,) = text.grids
    assert (grid.rows, grid.columns) == (4, 3)
    expected = [(r, c, 1, 1, f"{r}行{c}列") for r in range(4) for c in range(3)]
    assert cells(grid, text) == expected
    assert np.array(grid.box) == pytest.approx(
        np.array([(100, 200), (800, 200), (800, 440), (100, 440)]), abs=4
    )


@pytest.mark.parametrize("angle_deg", [-2.0, 1.5])
def test_a_table_that_lies_askew_keeps_its_grid(angle_deg: float) -> None:
    page, lines = paper(), filled(XS, YS)
    for y in YS:
        rule(page, (XS[0], y, XS[-1], y))
    for x in XS:
        rule(page, (x, YS[0], x, YS[-1]))
    import cv2

    matrix = cv2.getRotationMatrix2D((0, 0), -angle_deg, 1.0)
    matrix[:, 2] += (60, 60)
    tilted = cv2.warpAffine(page, matrix, (1100, 1500), borderValue=(245, 245, 245))

    text = laid_out(shuffled(turned(lines, angle_deg, (60, 60))), tilted)

    assert [(grid.rows, grid.columns) for grid in text.grids] == [(4, 3)]
    assert texts(text.lines) == texts(lines)


def test_cells_that_span_rows_and_columns_are_told() -> None:
    page = paper()
    ruled(page, XS, YS)
    erase(page, (302, 210, 498, 255), (297, 205, 304, 255), (105, 317, 295, 324))
    lines = [line("通栏标题", 180, 215, 150), line("备注", 560, 215, 60)]
    lines += [line("甲", 150, 280, 40), line("乙", 360, 280, 40), line("丙", 600, 280, 40)]
    lines += [line("组别", 150, 345, 60), line("丁", 360, 340, 40), line("戊", 600, 340, 40)]
    erase(page, (105, 377, 295, 384))
    lines += [line("己", 360, 400, 40), line("庚", 600, 400, 40)]

    text = laid_out(shuffled(lines), page)

    (grid,) = text.grids
    told = {name: place for *place, name in cells(grid, text)}
    assert told["通栏标题"] == [0, 0, 1, 2]
    assert told["甲组别"] == [1, 0, 3, 1]
    assert told["庚"] == [3, 2, 1, 1]


def test_a_form_keeps_label_and_value_together_where_values_are_missing() -> None:
    page = paper()
    ruled(page, XS, YS)
    lines = [line(f"标签{row}", 120, YS[row] + 20, 80) for row in range(4)]
    lines.insert(2, line("填写", 330, YS[1] + 12, 120))

    text = laid_out(shuffled(lines), page)

    assert texts(text.lines) == texts(lines)


def test_a_gap_in_a_rule_does_not_join_two_cells() -> None:
    page = paper()
    ruled(page, XS, YS)
    erase(page, (297, 270, 304, 290), (600, 317, 640, 324))

    (grid,) = laid_out(shuffled(filled(XS, YS)), page).grids

    assert len(grid.cells) == 12


def test_ruled_paper_with_a_margin_is_no_table() -> None:
    page, lines = paper(), prose(10, 200, 100)
    rule(page, *((100, 130 + 34 * n, 900, 130 + 34 * n) for n in range(10)))
    rule(page, (180, 60, 180, 480), (100, 96, 900, 96))

    text = laid_out(shuffled(lines), page)

    assert text.grids == ()
    assert texts(text.lines) == texts(lines)


def test_columns_that_only_align_are_a_table_when_nothing_speaks_against_it() -> None:
    xs = [100, 220, 400, 560]
    lines = [line(f"{r}甲{c}", xs[c], 200 + 40 * r, 60) for r in range(6) for c in range(4)]

    text = laid_out(shuffled(lines), paper())

    assert [(grid.rows, grid.columns) for grid in text.grids] == [(6, 4)]
    assert texts(text.lines) == texts(lines)


def test_three_columns_of_prose_are_no_table() -> None:
    lines = [
        line(f"{c}栏第{r}行文字", 60 + 300 * c, 200 + 30 * r, 270)
        for c in range(3)
        for r in range(9)
    ]

    text = laid_out(shuffled(lines), paper())

    assert text.grids == ()
    assert texts(text.lines) == texts(lines)


def test_page_number_and_running_head_are_told_from_the_body() -> None:
    head, number = line("第三章　水利", 420, 40, 120, 16), line("— 27 —", 480, 1300, 60, 16)
    lines = [head, *prose(12, 200, 120), number]

    text = laid_out(shuffled(lines), paper())

    assert texts(text.lines) == texts(lines)
    assert [one.role for one in text.lines] == ["running-head", *["body"] * 12, "page-number"]


def test_a_number_at_the_foot_of_the_left_column_does_not_part_the_columns() -> None:
    columns = [*prose(12, 60, 100, 400), *prose(12, 520, 100, 400)]
    lines = [*columns, line("12", 240, 600, 30)]

    text = laid_out(shuffled(lines), paper())

    assert texts(text.lines) == texts(lines)


def test_a_caption_comes_with_its_picture() -> None:
    page = paper()
    page[100:500, 100:480] = 90
    page[100:420, 560:900] = 90
    lines = [line("左边照片的说明", 200, 515, 180), line("右边照片说明", 660, 435, 140)]

    text = laid_out(shuffled(lines), page)

    assert texts(text.lines) == texts(lines)
    assert {one.role for one in text.lines} == {"caption"}


def test_notes_between_the_lines_are_read_right_file_first_where_they_stand() -> None:
    lines = [line("大字在上", 700, 100, 36, 200)]
    lines += [line("小字右行", 720, 305, 16, 80), line("小字左行", 700, 305, 16, 80)]
    lines += [line("大字在下", 700, 390, 36, 200), line("第二列大字甲乙丙丁", 620, 100, 36, 480)]

    text = laid_out(shuffled(lines), paper())

    assert texts(text.lines) == texts(lines)
    assert [one.role for one in text.lines] == ["body", "note", "note", "body", "body"]


def test_a_seal_comes_last_and_is_no_part_of_the_plain_text() -> None:
    lines = [*prose(6, 200, 100), line("某某村民委员会", 500, 180, 150, role="seal")]

    text = laid_out(shuffled(lines), paper())

    assert text.lines[-1].role == "seal"
    assert text.plain.split("\n") == texts(lines[:-1])


def test_a_page_without_lines_stays_as_it_is() -> None:
    text = Text(lines=(), engine="drawn", model="none")

    assert laid_out(text, paper()) == text


side = st.floats(-50.0, 1600.0)
size = st.floats(0.0, 900.0)
boxes = st.tuples(side, side, size, size)


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, max_size=20), st.integers(1, 300), st.integers(1, 300))
def test_whatever_the_boxes_every_line_comes_out_once(
    found: list[tuple[float, ...]], height: int, width: int
) -> None:
    lines = [line(str(number) * 2, *box) for number, box in enumerate(found)]
    noise = np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)

    text = laid_out(Text(lines=tuple(lines), engine="", model=""), noise)

    assert sorted(texts(text.lines)) == sorted(texts(lines))
    held = [n for grid in text.grids for cell in grid.cells for n in cell.lines]
    assert len(held) == len(set(held))
