"""What `station status` tells a person of the backlog."""

from __future__ import annotations

import msgspec
import pytest

from station.commands.status import in_chinese, pace_in_chinese
from station.store.pace import Pace
from station.store.status import Status

NOTHING = Status(**dict.fromkeys(Status.__struct_fields__, 0))


def a_pace(waiting: int, frame_seconds: float | None) -> Pace:
    hours_left = None if frame_seconds is None else waiting * frame_seconds / 3600
    return Pace(
        waiting=waiting, came=600, done=420, frame_seconds=frame_seconds, hours_left=hours_left
    )


@pytest.mark.parametrize(
    ("pace", "end"),
    [
        (a_pace(900, 8.0), "近来每页 8.0 秒，余下约需 2.0 小时"),
        (a_pace(900, None), "尚未识读过，还需多久未知"),
        (a_pace(0, 8.0), "全部已识读"),
    ],
)
def test_the_backlogs_growth_and_the_hours_left_are_told(pace: Pace, end: str) -> None:
    assert pace_in_chinese(pace) == f"近一小时：拍入 600 页，识读 420 页，待识读 +180 页；{end}"


def test_pages_that_need_a_person_are_told_and_else_nothing_is_said_of_them() -> None:
    some = msgspec.structs.replace(NOTHING, need_person=3)

    assert "需人工辨认：3 页" in in_chinese(some)
    assert "需人工" not in in_chinese(NOTHING)
