"""A profile plus the machine's own file become a Device (or a Township).

The file names its profile; what stands in the file wins, key by key. TOML, UTF-8.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware_config.errors import ConfigError
from firmware_config.schema import Device, Section, Township

DEVICE_FILE = Path("/etc/station/device.toml")
TOWNSHIP_FILE = Path("/etc/station/township.toml")
DEFAULT_PROFILE = "laptop-folder"

S = TypeVar("S", bound=Section)
Table = dict[str, Any]


def device(config: Path | None = None, *, home: Path | None = None) -> Device:
    """The station's configuration.

    `config` is the file to read; without one /etc/station/device.toml where it stands, else the
    profile laptop-folder. `home` overrides the place of all state. Raises ConfigError.
    """
    own = _own_table(config, DEVICE_FILE)
    profile = own.pop("profile", DEFAULT_PROFILE)
    table = _merged(_profile(profile), own)
    if home is not None:
        table["home"] = str(home)
    return _typed(table, Device)


def township(config: Path | None = None, *, home: Path | None = None) -> Township:
    """The township's configuration, as `device` reads a station's."""
    table = _own_table(config, TOWNSHIP_FILE)
    table.setdefault("receiver", "rx01")
    table.setdefault("home", "~/.local/share/township")
    if home is not None:
        table["home"] = str(home)
    return _typed(table, Township)


def _own_table(config: Path | None, default: Path) -> Table:
    if config is not None:
        return _parsed(_bytes(config), str(config))
    return _parsed(_bytes(default), str(default)) if default.is_file() else {}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error


def _parsed(data: bytes, name: str) -> Table:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8: byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not TOML: {error}") from error


def _profile(name: object) -> Table:
    folder = files("firmware_config") / "profiles"
    known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())
    if name not in known:
        raise ConfigError(f"unknown profile {name!r}; known: {', '.join(known)}")
    return _parsed((folder / f"{name}.toml").read_bytes(), f"profile {name}")


def _merged(base: Table, own: Table) -> Table:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return merged


def _typed(table: Table, kind: type[S]) -> S:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(str(error)) from error
