import errno
import os
import sqlite3

import pytest

from firmware_config.errors import DamageError, DiskFullError, StorageError, UsageError
from station.store.border import our_errors


def full() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("pragma max_page_count = 2")
    db.execute("create table t (x)")
    db.execute("insert into t values (zeroblob(100000))")


def corrupt() -> None:
    db = sqlite3.connect(":memory:")
    db.deserialize(b"SQLite format 3\0" + bytes(84) + b"no database" * 500)
    db.execute("select * from sqlite_master")


def closed() -> None:
    db = sqlite3.connect(":memory:")
    db.close()
    db.execute("select 1")


def from_system(number: int) -> None:
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (full, DiskFullError),
        (lambda: from_system(errno.ENOSPC), DiskFullError),
        (lambda: from_system(errno.EDQUOT), DiskFullError),
        (corrupt, DamageError),
        (closed, StorageError),
        (lambda: from_system(errno.EIO), StorageError),
    ],
)
def test_every_fault_becomes_ours_with_a_hint_in_chinese(
    fault: object, expected: type[StorageError]
) -> None:
    with pytest.raises(StorageError) as raised, our_errors("keep a blob"):
        fault()  # type: ignore[operator]

    assert type(raised.value) is expected
    assert raised.value.message.startswith("cannot keep a blob: ")
    assert "\u4e00" <= raised.value.hint[0] <= "\u9fff"
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize("ours", [DamageError("damaged"), UsageError("wrong"), ValueError("bug")])
def test_what_is_ours_already_or_a_bug_goes_through(ours: Exception) -> None:
    with pytest.raises(type(ours)) as raised, our_errors("keep a blob"):
        raise ours

    assert raised.value is ours
