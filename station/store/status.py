"""How much there is of everything, from tallies, so that asking costs nothing at 100,000 frames."""

from __future__ import annotations

import msgspec

from station.model import Noun
from station.store.opening import Store


class Status(Noun, frozen=True, kw_only=True):
    """Counts of frames unless the name says otherwise.

    `captured` = `read` + `failed` + `set_aside` + `to_read` + the superseded that were never
    read. `need_person` are pages that read badly whatever was tried (需人工). `frames_receipted`
    are frames whose master the township has; outbox figures are what it has not.
    """

    captured: int
    superseded: int
    to_read: int
    read: int
    set_aside: int
    failed: int
    need_person: int
    items_open: int
    items_to_seal: int
    items_sealed: int
    outbox_entries: int
    outbox_files: int
    frames_receipted: int
    captured_bytes: int
    outbox_bytes: int


# What waits of the journal is always its end, so first and last entry tell how many there are.
COUNTS = """
select
    (select count(*) from to_read) as to_read,
    (select count(*) from held) as set_aside,
    (select count(*) from failure
        where not exists (select 1 from page where page.frame = failure.frame)) as failed,
    (select value from tally where name = 'need_person') as need_person,
    (select count(*) from item) - (select count(*) from item_closed) as items_open,
    (select count(*) from to_seal) as items_to_seal,
    (select count(*) from record) as items_sealed,
    ifnull((select max(seq) from outbox_entry) - (select min(seq) from outbox_entry) + 1, 0)
        as outbox_entries,
    (select value from tally where name = 'files_waiting') as outbox_files,
    (select value from tally where name = 'frames') as captured,
    (select value from tally where name = 'superseded') as superseded,
    (select value from tally where name = 'pages') as read,
    (select value from tally where name = 'frame_bytes') as captured_bytes,
    (select value from tally where name = 'bytes_waiting') as outbox_bytes,
    (select value from tally where name = 'frames')
        - (select value from tally where name = 'frames_waiting') as frames_receipted
"""


def status(store: Store) -> Status:
    """The counts of one instant."""
    names = msgspec.structs.fields(Status)
    row = store.rows(f"select {', '.join(field.name for field in names)} from ({COUNTS})")[0]
    return Status(**dict(zip((field.name for field in names), row, strict=True)))
