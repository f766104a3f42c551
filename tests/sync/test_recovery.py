"""What people or a line broke is made good, over real brokers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from firmware_config.errors import LinkError
from firmware_config.township_schema import Vault
from sync.township import cli
from sync.township.vault_folder import FolderVault
from tests.sync import ends
from tests.sync.badlink import bad_link


def test_a_receiver_whose_own_line_is_cut_keeps_no_station_waiting(
    tmp_path: Path, broker_port: int
) -> None:
    with (
        bad_link(broker_port) as line,
        ends.township(tmp_path, line.port),
        ends.station(tmp_path) as (store, outbox),
    ):
        digests = ends.capture(store, 1, size_bytes=4_000_000)
        half_way = ends.once(lambda: ends.staged_bytes(tmp_path) > 500_000, line.cut)
        patient = ends.settings(broker_port, no_progress_s=300.0)

        ends.deliver(outbox, patient, timeout_s=5.0, stop=half_way)

        assert line.cuts == 1
        ends.assert_all_there(tmp_path, store, digests)


def test_a_township_restored_from_a_backup_gets_the_files_that_came_after_it(
    tmp_path: Path, broker_port: int
) -> None:
    folder, backup = tmp_path / "township", tmp_path / "backup"
    with ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 3)
        with ends.township(tmp_path, broker_port, ends.FULL_AFTER_ONE), pytest.raises(LinkError):
            ends.deliver(outbox, ends.settings(broker_port), timeout_s=1.5)
        shutil.copytree(folder, backup)
        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))
        shutil.rmtree(folder)
        backup.rename(folder)

        assert cli.run(["restored", "--home", str(folder)]) == 0

        digests += ends.capture(store, 1, seed=50)
        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))
        ends.assert_all_there(tmp_path, store, digests)


def test_a_hundred_blobs_that_are_gone_hold_up_no_other(tmp_path: Path, broker_port: int) -> None:
    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        gone = ends.capture(store, 100, size_bytes=10)
        for digest in gone:
            store.spool.path(digest).unlink()
        sound = ends.capture(store, 30, size_bytes=10, seed=1000)
        waiting = lambda: {file.digest for file in outbox.files_waiting(200)}  # noqa: E731

        ends.deliver(outbox, ends.settings(broker_port), stop=lambda: waiting() == set(gone))

        assert waiting() == set(gone)
        vault = FolderVault(Vault(), tmp_path / "township")
        assert all(vault.has(digest) for digest in sound)
