"""What every vault must do; a new driver joins the list."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from firmware_config.errors import StorageError
from firmware_config.township_schema import Vault as VaultSettings
from sync.township.vault import Vault, digest_of, open_vault
from tests.sync.township.desk import Desk

DATA = b"a page of 1958"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["folder", "faulty"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """The faulty one has no fault here, and must then be like any other."""
    return open_vault(VaultSettings(driver=request.param), tmp_path)


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    path = tmp_path / "whole.part"
    path.write_bytes(DATA)
    return path


def damage(home: Path) -> None:
    """Other bytes of the same length in the only file of the vault."""
    (place,) = (path for path in (home / "vault").rglob("*") if path.is_file())
    place.write_bytes(b"?" * len(DATA))


def test_what_was_put_is_there(vault: Vault, staged: Path) -> None:
    vault.put(DIGEST, staged)

    assert vault.has(DIGEST)
    assert digest_of(vault.open(DIGEST)) == DIGEST


def test_a_damaged_file_is_healed_by_put(vault: Vault, staged: Path, tmp_path: Path) -> None:
    vault.put(DIGEST, staged)
    damage(tmp_path)
    staged.write_bytes(DATA)

    vault.put(DIGEST, staged)

    assert digest_of(vault.open(DIGEST)) == DIGEST


def test_put_again_after_staged_is_gone_changes_nothing(vault: Vault, staged: Path) -> None:
    vault.put(DIGEST, staged)
    staged.unlink(missing_ok=True)

    vault.put(DIGEST, staged)

    assert digest_of(vault.open(DIGEST)) == DIGEST


def test_put_without_anything_to_keep_is_a_storage_error(vault: Vault, staged: Path) -> None:
    staged.unlink()

    with pytest.raises(StorageError):
        vault.put(DIGEST, staged)

    assert not vault.has(DIGEST)


def test_what_is_not_there_cannot_be_opened(vault: Vault) -> None:
    with pytest.raises(StorageError):
        vault.open(DIGEST)


def test_a_receipt_over_a_damaged_file_is_given_only_with_the_good_bytes_in_place(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    digest = desk.outbox.add_file(DATA)
    place = tmp_path / "vault" / digest[:2] / digest
    place.parent.mkdir(parents=True)
    place.write_bytes(b"?" * len(DATA))
    desk.hello()

    receipt = desk.store(digest)

    assert receipt.files[0].state == "stored"
    assert place.read_bytes() == DATA
    desk.close()
