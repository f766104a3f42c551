"""The tables. Facts are added and never changed; triggers keep the queues and the tallies.

A migration that has been released is never edited: a later one is added.
"""

from __future__ import annotations

import secrets

from station.store.sqlite import Database, Migrations

migrations = Migrations("station")

FACTS = """
create table identity (
    id integer primary key check (id = 1), station text not null, epoch text not null) strict;

create table journal (
    seq integer primary key, type text not null, payload blob not null, chain text not null) strict;

create table blob (
    digest text not null, kind text not null check (kind in ('record', 'master', 'page')),
    size_bytes integer not null, primary key (digest, kind)) strict, without rowid;

create table batch (
    id integer primary key, seq integer not null unique references journal) strict;
create table batch_closed (
    batch integer primary key references batch,
    seq integer not null unique references journal) strict;

create table item (
    id integer primary key, seq integer not null unique references journal,
    batch integer references batch, code text not null unique, folded_code text not null,
    class text not null, number integer not null, year integer not null, fonds text not null,
    unique (class, number)) strict;
create index item_batch on item (batch);
create table item_closed (
    item integer primary key references item,
    seq integer not null unique references journal) strict;

create table frame (
    seq integer primary key references journal,
    item integer not null references item, shot integer not null,
    digest text not null, size_bytes integer not null, media_type text not null,
    source text not null, supersedes integer,
    unique (item, shot), unique (item, supersedes),
    foreign key (item, supersedes) references frame (item, shot)) strict;
create index frame_digest on frame (digest);
create table retake (
    seq integer primary key references journal,
    item integer not null references item, shot integer not null,
    foreign key (item, shot) references frame (item, shot)) strict;
create index retake_item on retake (item);
create table blank (
    seq integer primary key references journal,
    item integer not null references item, after_shot integer not null) strict;
create index blank_item on blank (item);

create table attempt (
    frame integer not null references frame, nth integer not null, at text not null,
    primary key (frame, nth)) strict, without rowid;
create table page (
    frame integer primary key references frame, image text not null,
    width_px integer not null, height_px integer not null, quad text not null,
    skew_deg real not null, quality text not null, fingerprint blob not null,
    seconds text not null) strict;
create table text (
    frame integer primary key references page, engine text not null, model text not null,
    lines text not null, folded text not null) strict;
create table failure (
    frame integer primary key references frame, message text not null) strict;
create table set_aside (
    frame integer primary key references frame, attempts integer not null) strict;

create table record (
    item integer primary key references item, seq integer not null unique references journal,
    digest text not null unique, size_bytes integer not null, title text not null,
    folded_title text not null, pages integer not null) strict;

create table receipt_entries (
    id integer primary key, durable_seq integer not null, chain text not null,
    server_gen text not null) strict;
create table receipt_file (
    id integer primary key, digest text not null, server_gen text not null) strict;
create index receipt_file_digest on receipt_file (digest);
create table rewind (
    id integer primary key, server_gen text not null, durable_seq integer not null,
    lacking text not null) strict;
"""

QUEUES = """
create table to_read (
    frame integer primary key, item integer not null, attempts integer not null) strict;
create index to_read_item on to_read (item, frame);
create table held (frame integer primary key, item integer not null) strict;
create index held_item on held (item);
create table to_seal (item integer primary key) strict;
create table outbox_entry (seq integer primary key) strict;
create table outbox_file (
    id integer primary key, digest text not null unique, kind text not null,
    size_bytes integer not null) strict;
create index outbox_file_order on outbox_file (kind desc, id);
create table township (
    id integer primary key check (id = 1), server_gen text not null) strict;
create table tally (name text primary key, value integer not null) strict, without rowid;
insert into tally values
    ('frames', 0), ('frame_bytes', 0), ('superseded', 0), ('pages', 0),
    ('frames_waiting', 0), ('files_waiting', 0), ('bytes_waiting', 0);
"""

# One statement of SQL each; a body's statements end with semicolons.
TRIGGERS = {
    "frame_waits_to_be_read after insert on frame": """
        insert into to_read values (new.seq, new.item, 0);
        delete from to_read where frame =
            (select seq from frame where item = new.item and shot = new.supersedes);
        delete from held where frame =
            (select seq from frame where item = new.item and shot = new.supersedes);
        update tally set value = value + 1 where name = 'frames';
        update tally set value = value + new.size_bytes where name = 'frame_bytes';
        update tally set value = value + (new.supersedes is not null) where name = 'superseded';
        update tally set value = value + exists
            (select 1 from outbox_file where digest = new.digest) where name = 'frames_waiting';
    """,
    "attempt_is_counted after insert on attempt": """
        update to_read set attempts = new.nth where frame = new.frame;
    """,
    "page_is_read after insert on page": """
        delete from to_read where frame = new.frame;
        delete from held where frame = new.frame;
        update tally set value = value + 1 where name = 'pages';
    """,
    "failure_is_not_read_again after insert on failure": """
        delete from to_read where frame = new.frame;
        delete from held where frame = new.frame;
    """,
    "frame_set_aside_is_not_read_again after insert on set_aside": """
        insert into held select seq, item from frame where seq = new.frame;
        delete from to_read where frame = new.frame;
    """,
    # A frame set aside is as good as unread: its item waits for a person, because a record is
    # sealed once.
    "closed_item_waits_to_be_sealed after insert on item_closed": """
        insert into to_seal select new.item
            where exists (select 1 from frame where item = new.item)
            and not exists (select 1 from to_read where item = new.item)
            and not exists (select 1 from held where item = new.item);
    """,
    "read_item_waits_to_be_sealed after delete on to_read": """
        insert or ignore into to_seal select item from item_closed where item = old.item
            and not exists (select 1 from to_read where item = old.item)
            and not exists (select 1 from held where item = old.item)
            and not exists (select 1 from record where item = old.item);
    """,
    "item_is_held_no_more after delete on held": """
        insert or ignore into to_seal select item from item_closed where item = old.item
            and not exists (select 1 from to_read where item = old.item)
            and not exists (select 1 from held where item = old.item)
            and not exists (select 1 from record where item = old.item);
    """,
    "record_is_sealed after insert on record": """
        delete from to_seal where item = new.item;
    """,
    "entry_waits_to_be_sent after insert on journal": """
        insert into outbox_entry values (new.seq);
    """,
    "entries_are_receipted after insert on receipt_entries": """
        delete from outbox_entry where seq <= new.durable_seq;
        insert or ignore into township values (1, new.server_gen);
    """,
    "blob_waits_to_be_sent after insert on blob when new.kind <> 'page'": """
        insert or ignore into outbox_file (digest, kind, size_bytes)
            values (new.digest, new.kind, new.size_bytes);
    """,
    "file_is_receipted after insert on receipt_file": """
        delete from outbox_file where digest = new.digest;
    """,
    "township_forgot after insert on rewind": """
        insert or ignore into outbox_entry select seq from journal where seq > new.durable_seq;
        insert or ignore into outbox_file (digest, kind, size_bytes)
            select digest, kind, size_bytes from json_each(new.lacking)
            join blob on blob.digest = json_each.value where kind <> 'page';
        insert or replace into township values (1, new.server_gen);
    """,
    "file_begins_to_wait after insert on outbox_file": """
        update tally set value = value + 1 where name = 'files_waiting';
        update tally set value = value + new.size_bytes where name = 'bytes_waiting';
        update tally set value = value + (select count(*) from frame where digest = new.digest)
            where name = 'frames_waiting';
    """,
    "file_waits_no_more after delete on outbox_file": """
        update tally set value = value - 1 where name = 'files_waiting';
        update tally set value = value - old.size_bytes where name = 'bytes_waiting';
        update tally set value = value - (select count(*) from frame where digest = old.digest)
            where name = 'frames_waiting';
    """,
}

INDEX = """
create virtual table page_index using fts5(
    terms, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
"""


@migrations()
def m001_facts_queues_and_index(db: Database) -> None:
    """Everything as first released."""
    for statement in (FACTS + QUEUES + INDEX).split(";"):
        db.execute(statement)
    _keep_from_change(db, _tables_of(FACTS))
    for trigger, body in TRIGGERS.items():
        db.execute(f"create trigger {trigger} begin {body} end")


PAGES_OF_A_FRAME = """
create table new_page (
    id integer primary key, frame integer not null references frame, part integer not null,
    image text not null, width_px integer not null, height_px integer not null,
    quad text not null, skew_deg real not null, quality text not null,
    fingerprint blob not null, seconds text not null,
    steps text not null, restored text not null, unique (frame, part)) strict;
insert into new_page
    select frame, frame, 0, image, width_px, height_px, quad, skew_deg, quality,
        fingerprint, seconds, '[]', '' from page;
create table new_text (
    page integer primary key references new_page, engine text not null, model text not null,
    lines text not null, folded text not null) strict;
insert into new_text select frame, engine, model, lines, folded from text;
drop table text;
drop table page;
alter table new_page rename to page;
alter table new_text rename to text
"""


@migrations()
def m002_a_frame_may_show_several_pages(db: Database) -> None:
    """An open book is one frame and two pages; a page says how it was made from the frame."""
    for statement in PAGES_OF_A_FRAME.split(";"):
        db.execute(statement)
    _keep_from_change(db, ["page", "text"])
    read = "page_is_read after insert on page"
    db.execute(f"create trigger {read} begin {TRIGGERS[read]} end")


def _keep_from_change(db: Database, tables: list[str]) -> None:
    for table in tables:
        for change in ("update", "delete"):
            db.execute(
                f"create trigger {table}_no_{change} before {change} on {table} begin"
                f" select raise(abort, '{table} holds facts: they are added, never changed'); end"
            )


def _tables_of(sql: str) -> list[str]:
    return [line.split()[2] for line in sql.splitlines() if line.startswith("create table")]


def name_this_station(db: Database, station: str) -> tuple[str, str]:
    """Whose state this is: its station and the epoch of its journal. `station` where it is new.

    The epoch is drawn anew with every database, so that the journal of a replaced card is not
    taken for a fork of the old one.
    """
    row: tuple[str, str] | None = db.execute("select station, epoch from identity").fetchone()
    if row is None:
        row = (station, secrets.token_hex(8))
        db.execute("insert into identity values (1, ?, ?)", row)
    return row
