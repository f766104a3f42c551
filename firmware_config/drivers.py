"""Drivers by name, from the entry points of pyproject.toml. No detection, no fallback."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from firmware_config.errors import DriverError


def load(group: str, name: str) -> Any:
    """The driver class called `name` in `group`, for example `("station.cameras", "folder")`.

    Raises DriverError when the name is unknown or a library it needs is not installed.
    """
    known = {entry.name: entry for entry in entry_points(group=group)}
    if name not in known:
        raise DriverError(f"unknown driver {name!r} in {group}; known: {', '.join(sorted(known))}")
    try:
        return known[name].load()
    except ModuleNotFoundError as error:
        raise DriverError(
            f"driver {name!r} needs {error.name!r}, which is not installed"
        ) from error
    # A library of the system that is missing or broken: the loader's own words name it.
    except (ImportError, OSError) as error:
        raise DriverError(f"driver {name!r} cannot be loaded: {error}") from error
