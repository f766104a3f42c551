from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks._error_rates import distance, error_rate, errors_of, grouped, interval
from tests.benchmarks._readers import ReadLine
from tests.benchmarks._reading_set import TruthLine

WORDS = st.text("土地承包合同", max_size=12)


def box(left: float, top: float, width: float = 100, height: float = 20):
    right, bottom = left + width, top + height
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def plain_distance(one: str, other: str) -> int:
    """Wagner and Fischer, cell by cell."""
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, 1):
        left = [at]
        for column, meant in enumerate(other):
            swapped = row[column] + (character != meant)
            left.append(min(swapped, row[column + 1] + 1, left[column] + 1))
        row = left
    return row[-1]


@given(WORDS, WORDS)
def test_the_distance_is_that_of_the_plain_algorithm(one: str, other: str):
    assert distance(one, other) == plain_distance(one, other)


@pytest.mark.parametrize(
    ("read", "wrong"),
    [("村民：王 二", 0), ("村民:王二", 0), ("村民:王三", 1), ("村民王二", 1), ("村民:王二。", 1)],
)
def test_only_width_and_blanks_are_forgiven(read: str, wrong: int):
    assert distance(read, "村民：王二") == wrong


def test_traditional_characters_are_other_characters():
    assert error_rate("土地買賣", "土地买卖") == 0.5


def test_a_wrong_order_counts_in_the_text_but_not_line_by_line():
    truth = [TruthLine(text="甲方", box=box(0, 0)), TruthLine(text="乙方", box=box(0, 50))]
    read = [ReadLine("乙方", box(0, 50)), ReadLine("甲方", box(0, 0))]

    errors = errors_of(read, truth)

    assert (errors.by_line, errors.ordered, errors.characters) == (0, 2, 4)


def test_cells_read_as_one_line_and_lines_read_in_parts_are_set_against_each_other():
    cells = [TruthLine(text="姓名", box=box(0, 0)), TruthLine(text="性别", box=box(200, 0))]
    line = TruthLine(text="土地承包", box=box(0, 60, 300))
    read = [
        ReadLine("姓名性别", box(0, 0, 300)),
        ReadLine("承包", box(160, 61, 140)),
        ReadLine("土地", box(0, 59, 140)),
    ]

    assert [group.wrong for group in grouped(read, [*cells, line])] == [0, 0]


def test_a_column_is_read_downwards_and_the_next_one_lies_to_its_left():
    columns = [
        TruthLine(text="立卖地契", box=box(100, 0, 20, 200)),
        TruthLine(text="今因正用", box=box(70, 0, 20, 200)),
    ]
    read = [
        ReadLine("正用", box(70, 100, 20, 100)),
        ReadLine("立卖地契今因", ((70, 0), (120, 0), (120, 98), (70, 98))),
    ]

    assert grouped(read, columns)[0].wrong == 0


def test_what_is_read_where_nothing_stands_and_what_is_not_read_count_in_full():
    truth = [TruthLine(text="特此通知", box=box(0, 0))]
    read = [ReadLine("不存在", box(0, 300))]

    assert errors_of(read, truth).by_line == len("特此通知") + len("不存在")


def test_a_line_under_a_hand_is_neither_asked_nor_counted():
    truth = [
        TruthLine(text="看得见", box=box(0, 0)),
        TruthLine(text="看不全的一行", box=box(0, 50), asked=False),
    ]
    read = [ReadLine("看得见", box(0, 0)), ReadLine("看不", box(0, 50, 40))]

    assert errors_of(read, truth) == (0, 0, 3)


def test_the_interval_holds_the_rate_and_grows_with_what_pages_differ():
    alike, unlike = interval([1] * 20, [100] * 20), interval([0, 2] * 10, [100] * 20)

    assert alike == (0.01, 0.01, 0.01)
    assert unlike[1] < unlike[0] < unlike[2]
