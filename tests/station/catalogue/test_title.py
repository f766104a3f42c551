from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.catalogue import title
from station.model import Line, Text


def page(*lines: tuple[str, float]) -> Text:
    """Lines of (words, height in px), one below the other."""
    made, top = [], 0.0
    for words, height in lines:
        right, bottom = height * len(words), top + height
        box = ((0.0, top), (right, top), (right, bottom), (0.0, bottom))
        made.append(Line(text=words, score=0.99, box=box))
        top = bottom + 20
    return Text(lines=tuple(made), engine="test", model="test")


def test_the_title_of_a_red_headed_document_is_not_its_head_nor_its_number():
    text = page(
        ("西青区王稳庄镇人民政府文件", 90),
        ("西政发〔1991〕12号", 40),
        ("关于李成水等同志任职的通知", 60),
        ("各村民委员会：", 40),
        ("经镇党委研究决定，任命李成水同志为会计。", 40),
        ("一九九一年三月五日", 40),
    )
    assert title.of(text) == "关于李成水等同志任职的通知"


def test_a_seal_or_a_page_number_is_no_title():
    text = page(
        ("会议记录", 60), ("今天上午开会。", 40), ("柳河乡小孙庄村民委员会", 300), ("- 12 -", 90)
    )
    roles = ("heading", "body", "seal", "page-number")
    lines = tuple(
        msgspec.structs.replace(line, role=role)
        for line, role in zip(text.lines, roles, strict=True)
    )
    assert title.of(msgspec.structs.replace(text, lines=lines)) == "会议记录"


def test_a_title_over_two_lines_is_joined():
    text = page(
        ("关于小孙庄与大任庄土地", 60),
        ("边界问题的协议书", 60),
        ("甲方：小孙庄村民委员会", 36),
        ("乙方：大任庄村民委员会", 36),
        ("经双方协商，达成如下协议。", 36),
    )
    assert title.of(text) == "关于小孙庄与大任庄土地边界问题的协议书"


def test_a_page_of_one_size_gives_the_line_that_names_its_kind():
    text = page(
        ("村民代表会议记录", 40), ("时间：1995年3月", 40), ("地点：村委会", 40), ("到会42人", 40)
    )
    assert title.of(text) == "村民代表会议记录"


@pytest.mark.parametrize("text", [None, page(), page(("  ", 40))])
def test_a_page_without_text_has_no_title(text):
    assert title.of(text) == ""


@given(st.lists(st.tuples(st.text(max_size=40), st.floats(1, 200)), max_size=12))
def test_any_page_gives_a_title_of_at_most_eighty_characters(lines):
    assert len(title.of(page(*lines))) <= title.LONGEST
