"""A profile plus the machine's own file become a Device (or a Township).

The file names its profile; what stands in the file wins, key by key. TOML, UTF-8. Every path
comes back with its `~` expanded: nobody else needs to.
"""

from __future__ import annotations

import os
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from firmware_config.errors import ConfigError
from firmware_config.schema import PATHS, Device, Section
from firmware_config.township_schema import Township

DEVICE_FILE = Path("/etc/station/device.toml")
TOWNSHIP_FILE = Path("/etc/station/township.toml")
DEFAULT_PROFILE = "laptop-folder"

S = TypeVar("S", bound=Section)
Table = dict[str, Any]


def device(
    config: Path | None = None, *, home: Path | None = None, override: Table | None = None
) -> Device:
    """The station's configuration.

    `config` is the file to read; without one /etc/station/device.toml where it stands, else the
    profile laptop-folder. `home` overrides the place of all state, `override` any other key, as
    the command line does. Raises ConfigError.
    """
    name, own = _own_table(config, DEVICE_FILE)
    table = _merged(_profile(own.pop("profile", DEFAULT_PROFILE)), own)
    table = _merged(table, override or {})
    if home is not None:
        table["home"] = str(home)
    return _typed(table, Device, name)


def township(config: Path | None = None, *, home: Path | None = None) -> Township:
    """The township's configuration, as `device` reads a station's."""
    name, table = _own_table(config, TOWNSHIP_FILE)
    if home is not None:
        table["home"] = str(home)
    return _typed(table, Township, name)


def profiles() -> list[str]:
    """The names of the profiles that come with the software."""
    names = (entry.name for entry in (files("firmware_config") / "profiles").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def _own_table(config: Path | None, default: Path) -> tuple[str, Table]:
    path = config or default
    try:
        return str(path), _parsed(path.read_bytes(), str(path))
    except OSError as error:
        if config is None and isinstance(error, FileNotFoundError):
            return "the profile", {}
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error


def _parsed(data: bytes, name: str) -> Table:
    try:
        # Editors on Windows begin a UTF-8 file with a byte order mark.
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8: byte {error.start}") from error
    # A number of 5,000 digits is a bare ValueError, 10,000 brackets a RecursionError.
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name} is not TOML: {error}") from error


def _profile(name: object) -> Table:
    if name not in profiles():
        raise ConfigError(f"unknown profile {name!r}; known: {', '.join(profiles())}")
    data = (files("firmware_config") / "profiles" / f"{name}.toml").read_bytes()
    return _parsed(data, f"profile {name}")


def _merged(base: Table, own: Table) -> Table:
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return merged


def _typed(table: Table, kind: type[S], name: str) -> S:
    try:
        return _expanded(msgspec.convert(table, kind))
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from error


def _expanded(section: S) -> S:
    changes: Table = {}
    for field in section.__struct_fields__:
        value = getattr(section, field)
        if isinstance(value, Section):
            changes[field] = _expanded(value)
        elif field in PATHS:
            changes[field] = _path(value, field)
    return msgspec.structs.replace(section, **changes)


def _path(text: str, field: str) -> str:
    expanded = os.path.expanduser(text)  # noqa: PTH111  Path turns an empty text into "."
    if expanded.startswith("~") or "\0" in expanded:
        raise ValueError(f"`{field}` is not a path: {text!r}")
    return expanded
