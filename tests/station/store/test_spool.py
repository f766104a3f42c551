import hashlib
import os
from pathlib import Path

import pytest

from firmware_config.errors import DamageError, StorageError
from station.store.spool import Spool


def test_a_blob_is_found_under_the_digest_of_its_content(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")

    digest = spool.keep(b"a page")

    assert digest == hashlib.sha256(b"a page").hexdigest()
    assert spool.path(digest) == tmp_path / "spool" / digest[:2] / digest
    assert spool.read(digest) == b"a page"
    assert list(spool.digests()) == [digest]


def test_an_empty_blob_is_a_blob(tmp_path: Path) -> None:
    spool = Spool(tmp_path)

    assert spool.read(spool.keep(b"")) == b""


def test_keeping_again_heals_a_damaged_blob(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    digest = spool.keep(b"a page")
    spool.path(digest).write_bytes(b"a pag")
    with pytest.raises(DamageError):
        spool.read(digest)

    spool.keep(b"a page")

    assert spool.read(digest) == b"a page"


def test_a_missing_blob_is_a_storage_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as raised:
        Spool(tmp_path).read("0" * 64)

    assert raised.value.hint


def test_opening_removes_what_dead_writers_left_and_nothing_else(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    digest = spool.keep(b"a page")
    no_such_thread = 2**31 - 1
    dead = tmp_path / "tmp" / str(no_such_thread)
    living = tmp_path / "tmp" / str(os.getpid())
    dead.write_bytes(b"half")
    living.write_bytes(b"half")

    Spool(tmp_path)

    assert not dead.exists()
    assert living.exists()
    assert list(spool.digests()) == [digest]


def test_a_spool_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    digest = hashlib.sha256(b"a page").hexdigest()
    # A folder stands where the blob should, so that the last step, the rename, fails.
    spool.path(digest).mkdir(parents=True)

    with pytest.raises(StorageError):
        spool.keep(b"a page")

    assert list((tmp_path / "tmp").iterdir()) == []
