"""Where the errors of the disk and of SQLite become ours."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from firmware_config.errors import DamageError, DiskFullError, StorageError

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PRIMARY_CODE = 0xFF
"""The low byte of an extended SQLite result code is its kind."""


@contextmanager
def our_errors(doing: str) -> Iterator[None]:
    """Raise DiskFullError, DamageError or StorageError in place of sqlite3.Error and OSError.

    `doing` says what was being done, for the message: "keep a blob".
    """
    try:
        yield
    except StorageError:
        raise
    except sqlite3.Error as error:
        raise _from_sqlite(error, doing) from error
    except OSError as error:
        kind = DiskFullError if error.errno in NO_SPACE else StorageError
        raise kind(f"cannot {doing}: {error}") from error


def _from_sqlite(error: sqlite3.Error, doing: str) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE
    message = f"cannot {doing}: {error}"
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(message)
    if code in DAMAGED:
        return DamageError(message)
    return StorageError(message)
