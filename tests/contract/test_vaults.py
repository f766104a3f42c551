"""One suite over every vault driver of pyproject.toml."""

from __future__ import annotations

import hashlib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from firmware_config import drivers
from firmware_config.errors import StorageError
from firmware_config.township_schema import Vault as Settings
from sync.township.vault import Vault, digest_of

DRIVERS = sorted(entry.name for entry in entry_points(group="township.vaults"))


@pytest.fixture(params=DRIVERS)
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    driver = drivers.load("township.vaults", request.param)
    vault: Vault = driver(Settings(driver=request.param), tmp_path)
    return vault


def staged(folder: Path, data: bytes) -> tuple[str, Path]:
    path = folder / "part"
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest(), path


def test_there_are_drivers_to_test() -> None:
    assert DRIVERS == ["faulty", "folder"]


@pytest.mark.parametrize("data", [b"", b"page", bytes(3_000_000)])
def test_what_is_put_in_comes_out(vault: Vault, tmp_path: Path, data: bytes) -> None:
    digest, path = staged(tmp_path, data)

    vault.put(digest, path)

    assert vault.has(digest)
    assert digest_of(vault.open(digest)) == digest


def test_putting_twice_is_putting_once(vault: Vault, tmp_path: Path) -> None:
    digest, path = staged(tmp_path, b"page")
    vault.put(digest, path)
    digest, path = staged(tmp_path, b"page")

    vault.put(digest, path)

    assert digest_of(vault.open(digest)) == digest


def test_what_was_never_put_in_is_not_there(vault: Vault) -> None:
    assert not vault.has("0" * 64)
    with pytest.raises(StorageError):
        vault.open("0" * 64)


def test_putting_what_is_not_staged_is_a_storage_error(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        vault.put("0" * 64, tmp_path / "nothing")

    assert not vault.has("0" * 64)
