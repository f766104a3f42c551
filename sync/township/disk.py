"""What the disk says, in our words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_config.errors import DiskFullError, StorageError

HINT = "乡镇服务器磁盘出错，未回执；各站资料仍在原处，请联系技术员。"
FULL_HINT = "乡镇服务器磁盘已满，未回执；各站资料仍在原处。请腾出空间后重新启动。"
_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def disk(what: str) -> Iterator[None]:
    """Raise StorageError or DiskFullError, naming `what`, where the system raises OSError."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        full = error.errno in _FULL
        kind, hint = (DiskFullError, FULL_HINT) if full else (StorageError, HINT)
        raise kind(f"{what}: {error.strerror or error}", hint=hint) from error


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents, each durably named in the one above."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
