from __future__ import annotations

import cv2
import msgspec
import numpy as np

from station.imaging.guard import lines_lost, mended, restored_reads_better, strokes_kept
from station.model import Line


def line(text: str, score: float, top: float) -> Line:
    box = ((10.0, top), (200.0, top), (200.0, top + 20), (10.0, top + 20))
    return Line(text=text, score=score, box=box)


def gap(rows: int) -> np.ndarray:
    drawn = np.zeros((400, 300), np.uint8)
    for row in range(rows):
        cv2.line(drawn, (20, 20 + 35 * row), (280, 20 + 35 * row), (200,), 5)
    return drawn


def test_strokes_that_stay_are_kept():
    assert strokes_kept(gap(10), gap(10)) == 1.0


def test_a_stroke_that_is_gone_is_missed():
    assert strokes_kept(gap(10), gap(9)) == 0.9


def test_an_empty_page_loses_nothing():
    assert strokes_kept(np.zeros((50, 50), np.uint8), np.zeros((50, 50), np.uint8)) == 1.0


def test_a_sure_line_without_successor_is_lost_and_a_doubtful_one_is_not():
    before = [line("任职通知", 0.99, 10), line("映反写字", 0.6, 60)]
    assert lines_lost(before, []) == (before[0],)
    assert lines_lost(before, [line("任职通知", 0.98, 11)]) == ()


def test_a_sure_line_that_falls_into_two_is_not_lost():
    whole = [line("主持人陈旺锁记录人杨锁永", 0.99, 10)]
    halves = [
        msgspec.structs.replace(whole[0], text=text, box=box)
        for text, box in (
            ("主持人陈旺锁", ((10, 10), (95, 10), (95, 30), (10, 30))),
            ("记录人杨锁永", ((115, 10), (200, 10), (200, 30), (115, 30))),
        )
    ]
    assert lines_lost(whole, halves) == ()


def test_a_restored_page_that_reads_less_is_rejected():
    before = [line("任职通知如下", 0.99, 10)]
    assert not restored_reads_better(before, [line("任职", 0.99, 10)])
    assert not restored_reads_better(before, [line("任职通知加下", 0.95, 10)])
    assert not restored_reads_better(before, [])
    assert restored_reads_better(before, [line("任职通知如下", 0.995, 10)])


def test_a_mirrored_line_of_the_back_may_go_for_one_of_the_front():
    before = [line("关于任职的通知", 0.99, 10), line("北河沿党支部不一界", 0.91, 60)]
    after = [line("关于任职的通知", 0.99, 10), line("北河沿党支部", 0.99, 60)]
    assert restored_reads_better(before, after, mirrored=True)


def test_guesses_at_faint_lines_are_better_than_no_lines():
    before = [line("沙河乡委员会", 0.95, 10)]
    after = [line("沙河乡委员会", 0.93, 10), line("槐树此党支部", 0.6, 60)]
    assert restored_reads_better(before, after)


def test_a_lost_line_weighs_twice():
    before = [line("关于任职的通知", 0.99, 10), line("签名", 0.99, 60)]
    after = [line("关于任职的通知经研究", 0.99, 10)]
    assert not restored_reads_better(before, after)


def test_a_page_with_nothing_dark_loses_nothing():
    faint = np.full((50, 50), 9, np.uint8)
    assert strokes_kept(faint, np.zeros_like(faint)) == 1.0


def below_100(one: Line) -> bool:
    return one.box[0][1] > 100


def test_where_nothing_was_changed_the_first_reading_stays():
    before = [line("任职通知", 0.9, 10), line("红印", 0.7, 150)]
    after = [line("任取通知", 0.95, 10), line("经研究决定", 0.98, 150)]
    assert mended(before, after, below_100) == (before[0], after[1])


def test_what_the_second_reading_found_or_missed_elsewhere():
    before = [line("任职通知", 0.9, 10)]
    after = [line("经研究决定", 0.98, 60), line("000", 0.59, 150)]
    assert mended(before, after, below_100) == (before[0], after[0])


def test_a_line_that_grew_into_what_was_changed_is_not_given_twice():
    whole = msgspec.structs.replace(
        line("任职通知如下", 0.98, 90), box=((10, 90), (200, 90), (200, 130), (10, 130))
    )
    assert mended([line("任职", 0.9, 92)], [whole], lambda one: one is whole) == (whole,)
