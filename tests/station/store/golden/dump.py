"""Write a small store as SQL, to be kept as the golden copy of a released version of the tables.

    python -m tests.station.store.golden.dump > tests/station/store/golden/version_N.sql

Python's own iterdump stops at the full-text index, which cannot be scanned.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlite_utils

from station.store import Store, frames, records
from station.store.schema import migrations
from tests.station.store.samples import SetClock, a_page_saying, an_item

INDEX = "page_index"


def a_small_store(home: Path) -> Store:
    """One sealed item of one page. The epoch is set, so that the copy says the same each time."""
    with sqlite_utils.Database(home / "station.db") as db:
        migrations.apply(db)
        db.table("identity").insert({"id": 1, "station": "golden", "epoch": "0123456789abcdef"})
    store = Store.open(home, station="golden", clock=SetClock())
    item = an_item(store)
    a_page_saying(store, "任命李成水同志", item=item)
    frames.close_item(store, item.id)
    records.seal(store, item.id, title="任命")
    return store


def statements(store: Store) -> Iterator[str]:
    """The SQL that makes this database again: tables, rows, and triggers last."""
    things = store.rows("select type, name, sql from sqlite_master where sql is not null")
    tables = [(name, sql) for kind, name, sql in things if kind == "table"]
    made_by_index = {name for name, _ in tables if name.startswith(f"{INDEX}_")}
    yield from (f"{sql};" for name, sql in tables if name not in made_by_index)
    yield from (f"delete from {name};" for name in sorted(made_by_index))
    for name, _ in tables:
        if name != INDEX:
            yield from _rows(store, name)
    yield from (f"{sql};" for kind, _, sql in things if kind != "table")


def _rows(store: Store, table: str) -> Iterator[str]:
    columns = [name for (name,) in store.rows("select name from pragma_table_info(?)", table)]
    quoted = " || ', ' || ".join(f'quote("{column}")' for column in columns)
    for (values,) in store.rows(f'select {quoted} from "{table}"'):
        yield f'insert into "{table}" values ({values});'


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home, a_small_store(Path(home)) as opened:
        sys.stdout.write("begin;\n" + "\n".join(statements(opened)) + "\ncommit;\n")
