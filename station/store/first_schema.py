"""The tables and triggers as first released: the SQL of migration m001, never edited."""

from __future__ import annotations

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
