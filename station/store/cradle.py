"""What was learned of the cradle, beside the database; bytes, whatever they say."""

from __future__ import annotations

from pathlib import Path

from station.store.border import our_errors
from station.store.spool import put

FILE = "cradle.json"


def keep(home: Path, data: bytes) -> Path:
    """Put `data` in the place of what was learned before, durably and all at once.

    Raises DiskFullError, StorageError.
    """
    path = home.expanduser() / FILE
    with our_errors("keep the cradle"):
        put(path, data)
    return path


def kept(home: Path) -> bytes | None:
    """What was learned, or None where nothing was. Raises StorageError."""
    with our_errors("read the cradle"):
        try:
            return (home.expanduser() / FILE).read_bytes()
        except FileNotFoundError:
            return None
