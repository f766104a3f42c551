"""How fast pages come in and are read, from facts of the last hour; how long the rest will take.

Nothing is looked through: the newest frames and attempts are found by their order. Times are those
of the station's wall clock, so that an hour in which the clock was set may be told wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from station.model import Noun
from station.store.opening import Store

HOUR = timedelta(hours=1)
ENTRIES = 4_000
"""So many entries of the journal are looked at: an hour has fewer."""
PAGES = 50
"""How long a page takes is the mean of the newest so many."""


class Pace(Noun, frozen=True, kw_only=True):
    """What the backlog did in the last hour, in frames, and what it will take.

    `came` are frames kept, less those that replaced one not yet read; `done` those that wait no
    more: read, failed or set aside. `frame_seconds` is how long the reader works on one, lately,
    and `hours_left` how long it will work on all that wait; None before the first was read.
    """

    waiting: int
    came: int
    done: int
    frame_seconds: float | None
    hours_left: float | None

    @property
    def growth(self) -> int:
        """How many more wait than an hour ago."""
        return self.came - self.done


CAME = """
select count(*) - ifnull(sum(exists (
        select 1 from frame as old where old.item = frame.item and old.shot = frame.supersedes
        and not exists (select 1 from page where page.frame = old.seq)
        and not exists (select 1 from failure where failure.frame = old.seq)
        and not exists (select 1 from set_aside where set_aside.frame = old.seq))), 0)
    from journal join frame on frame.seq = journal.seq
    where journal.seq > (select max(seq) from journal) - ?
    and cast(payload as text) ->> '$.wall' between ? and ?
"""
DONE = """
select count(*) from attempt as last where at between ? and ?
    and not exists (select 1 from to_read where to_read.frame = last.frame)
    and not exists (select 1 from attempt where frame = last.frame and nth > last.nth)
"""
FRAME_SECONDS = """
select sum(seconds ->> '$.total') / nullif(sum(part = 0), 0) from page
    where id > (select max(id) from page) - ?
"""


def pace(store: Store) -> Pace:
    """The pace of this moment; costs the same at a hundred frames and at a hundred thousand."""
    now = datetime.fromisoformat(store.clock.now().wall)
    hour = [_stored(now - HOUR), _stored(now)]
    waiting: int = store.value("select count(*) from to_read")
    seconds: float | None = store.value(FRAME_SECONDS, PAGES)
    return Pace(
        waiting=waiting,
        came=store.value(CAME, ENTRIES, *hour),
        done=store.value(DONE, *hour),
        frame_seconds=seconds,
        hours_left=None if seconds is None else waiting * seconds / 3600,
    )


def _stored(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
