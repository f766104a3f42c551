import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.layout.order import order
from station.model import Line
from tests.station.layout.drawn import line, turned


def read(lines: list[Line], seed: int = 7) -> list[str]:
    """The order found when the lines come shuffled."""
    shuffled = random.Random(seed).sample(lines, len(lines))
    return [found.text for found in order(shuffled)]


def table(rows: int = 12) -> list[Line]:
    """Number, name, two figures, and a remark in every third row."""
    lines = [line("标题", 200, 0, 300, 40)]
    for row in range(rows):
        top = 80 + 40 * row
        lines += [line(f"{row}号", 10, top, 30), line(f"{row}名", 100, top + 3, 60)]
        lines += [line(f"{row}亩", 250, top - 2, 40), line(f"{row}斤", 380, top, 50)]
        if row % 3 == 0:
            lines.append(line(f"{row}注", 500, top + 2, 150))
    return lines


def columns(count: int, rows: int = 8) -> list[Line]:
    """A headline over `count` columns of prose with aligned rows."""
    lines = [line("大标题", 0, 0, 340 * count - 40, 40)]
    for column in range(count):
        for row in range(rows):
            width = 120 if row == rows - 1 else 300
            lines.append(line(f"{column}栏{row}行", 340 * column, 60 + 30 * row, width))
    return lines


def deed(count: int = 9) -> list[Line]:
    """Vertical writing; the last column is short."""
    tall = [300.0] * (count - 1) + [90.0]
    return [line(f"{n}列", 500 - 50 * n, 20, 30, height) for n, height in enumerate(tall)]


@pytest.mark.parametrize(
    "lines",
    [table(), columns(1), columns(2), columns(3), deed()],
    ids=["table", "one column", "two columns", "three columns", "vertical deed"],
)
@pytest.mark.parametrize("angle_deg", [-3.0, 0.0, 2.0, 180.0])
def test_lines_come_in_the_order_they_were_written(lines: list[Line], angle_deg: float) -> None:
    assert read(turned(lines, angle_deg)) == [one.text for one in lines]


def test_text_below_two_columns_is_read_after_both() -> None:
    lines = [*columns(2), line("通栏落款", 0, 320, 640), line("日期", 400, 350, 100)]
    assert read(lines) == [one.text for one in lines]


def test_a_label_written_across_rows_is_read_before_them() -> None:
    lines = [line("表头", 0, 0, 400), line("编三个组", 0, 40, 20, 110)]
    lines += [line(f"第{n}组", 60, 42 + 30 * n, 300) for n in range(4)]
    assert read(lines) == [one.text for one in lines]


def test_two_tiers_of_vertical_writing_are_read_one_after_the_other() -> None:
    upper = [line(f"上{n}", 500 - 40 * n, 0, 25, 240) for n in range(8)]
    lower = [line(f"下{n}", 500 - 40 * n, 270, 25, 240) for n in range(8)]
    assert read([*upper, *lower]) == [one.text for one in [*upper, *lower]]


def test_a_page_without_lines_has_no_order() -> None:
    assert order([]) == ()


side = st.floats(0.0, 3000.0)
boxes = st.tuples(side, side, st.floats(0.0, 900.0), st.floats(0.0, 900.0))


@given(st.lists(boxes, max_size=25))
def test_every_line_comes_out_once_whatever_the_boxes(found: list[tuple[float, ...]]) -> None:
    lines = [line(str(number), *box) for number, box in enumerate(found)]
    assert sorted(one.text for one in order(lines)) == sorted(one.text for one in lines)


@given(st.lists(boxes, max_size=15), st.randoms(use_true_random=False))
def test_the_order_in_which_lines_come_does_not_matter(
    found: list[tuple[float, ...]], chance: random.Random
) -> None:
    lines = [line(f"第{number}行", *box) for number, box in enumerate(found)]
    mixed = chance.sample(lines, len(lines))
    assert [one.box for one in order(mixed)] == [one.box for one in order(lines)]


@pytest.mark.parametrize("lines", [table(), columns(3), deed()], ids=["table", "columns", "deed"])
@given(shift=st.floats(-200.0, 200.0), scale=st.floats(0.7, 1.4))
def test_where_on_the_page_and_how_large_it_is_does_not_matter(
    lines: list[Line], shift: float, scale: float
) -> None:
    def placed(one: Line) -> Line:
        (left, top), _, (right, bottom), _ = one.box
        moved = [value * scale + shift for value in (left, top)]
        return line(one.text, *moved, (right - left) * scale, (bottom - top) * scale)

    assert [one.text for one in order([placed(one) for one in lines])] == [
        one.text for one in lines
    ]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1e12])
def test_a_box_that_is_no_box_does_not_stop_the_rest(bad: float) -> None:
    lines = [*table(3), line("坏框", bad, bad, 10, 10)]
    assert len(order(lines)) == len(lines)


def test_a_headline_in_the_middle_is_read_before_the_columns_below_it() -> None:
    upper = [line(f"上{c}栏{r}行", 340 * c, 60 + 30 * r, 300) for c in range(3) for r in range(6)]
    lower = [line(f"下{c}栏{r}行", 340 * c, 330 + 30 * r, 300) for c in range(3) for r in range(6)]
    heads = [line("上文的大标题", 350, 0, 240, 36), line("下文的大标题", 350, 270, 240, 36)]
    lines = [heads[0], *upper, heads[1], *lower]
    assert read(lines) == [one.text for one in lines]


def test_a_line_across_the_head_of_vertical_writing_comes_first() -> None:
    lines = [line("横排的报头", 200, 0, 240, 30)]
    lines += [line(f"竖排第{n}列", 560 - 45 * n, 60, 28, 400) for n in range(10)]
    assert read(lines) == [one.text for one in lines]


def test_generations_of_short_names_are_tiers_and_not_rows() -> None:
    sizes = (1, 3, 4, 6)
    lines = [
        line(f"{row}代{n}", 600 - 560 * (n + 0.5) / size, 100 * row, 22, 46)
        for row, size in enumerate(sizes)
        for n in range(size)
    ]
    assert read(lines) == [one.text for one in lines]


def test_hundreds_of_lines_below_one_another_are_no_depth_problem() -> None:
    lines = [line(f"第{n}行", 0, 25 * n, 600) for n in range(900)]
    assert read(lines) == [one.text for one in lines]
