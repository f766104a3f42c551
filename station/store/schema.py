"""The tables. Facts are added and never changed; triggers keep the queues and the tallies.

A migration that has been released is never edited: a later one is added.
"""

from __future__ import annotations

import secrets

from station.store.first_schema import FACTS, INDEX, QUEUES, TRIGGERS
from station.store.sqlite import Database, Migrations

migrations = Migrations("station")


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
    steps text not null, restored text not null, restored_by text not null,
    unique (frame, part)) strict;
insert into new_page
    select frame, frame, 0, image, width_px, height_px, quad, skew_deg, quality,
        fingerprint, seconds, '[]', '', '[]' from page;
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


TARGETS = """
create table target (
    seq integer primary key references journal, batch integer references batch,
    class text not null check (class in ('green', 'yellow', 'red')),
    dpi real not null, px_per_mm real not null, ruler text, sha256 text not null,
    measurement text not null) strict
"""


@migrations()
def m003_targets(db: Database) -> None:
    """What the daily target said of the station, with each batch."""
    db.execute(TARGETS)
    _keep_from_change(db, _tables_of(TARGETS))


TEXTS_OF_A_PAGE = """
create table new_text (
    id integer primary key, page integer not null references page,
    engine text not null, model text not null, lines text not null, folded text not null,
    grids text not null, tried text not null,
    needs_person integer not null check (needs_person in (0, 1))) strict;
insert into new_text
    select page, page, engine, model, lines, folded, '[]', '[]', 0 from text;
drop table text;
alter table new_text rename to text;
create index text_page on text (page);
create table rereading (
    page integer not null references page, model text not null, nth integer not null,
    at text not null, primary key (page, model, nth)) strict, without rowid;
create index attempt_at on attempt (at);
insert into tally values ('need_person', 0)
"""
NEED_PERSON = {
    "text_that_counts_needs_a_person after insert on text": """
        update tally set value = value + new.needs_person - ifnull(
            (select needs_person from text where page = new.page and id < new.id
            order by id desc limit 1), 0)
        where name = 'need_person' and not exists (
            select 1 from page join frame as old on old.seq = page.frame
            join frame as retaken on retaken.item = old.item and retaken.supersedes = old.shot
            where page.id = new.page);
    """,
    "page_taken_again_needs_nobody after insert on frame when new.supersedes is not null": """
        update tally set value = value - (
            select count(*) from frame as old join page on page.frame = old.seq
            join text on text.id = (select max(id) from text where text.page = page.id)
            where old.item = new.item and old.shot = new.supersedes and needs_person)
        where name = 'need_person';
    """,
}


@migrations()
def m004_a_page_may_be_read_again(db: Database) -> None:
    """A page has a text from each reading, the latest counts; a reading may need a person."""
    for statement in TEXTS_OF_A_PAGE.split(";"):
        db.execute(statement)
    _keep_from_change(db, ["text", "rereading"])
    for trigger, body in NEED_PERSON.items():
        db.execute(f"create trigger {trigger} begin {body} end")


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
