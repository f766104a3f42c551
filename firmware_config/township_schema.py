"""The configuration of a township, as frozen structs; the rules are those of schema.py."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from firmware_config.schema import Identifier, Link, Place, Section


class Vault(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the township keeps files."""

    driver: str = "folder"
    folder: str = "vault"
    """`folder` driver: relative to the township's home."""
    fault: Annotated[str, Meta(pattern=r"^((full|damage|gone):[0-9]{1,6})?$")] = ""
    """`faulty` driver: what goes wrong, and after how many puts that went well: `full:2`."""


class Township(Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A township's receiver."""

    receiver: Identifier = "rx01"
    home: Place = "~/.local/share/township"
    """All state: the ledger and the vault. `~` is the user's home."""
    link: Link = Link()
    vault: Vault = Vault()
    credit_bytes: Annotated[int, Meta(ge=65_536, le=16_777_216)] = 524_288
    """Un-receipted bytes a station may have on the wire."""
    receipt_every_bytes: Annotated[int, Meta(ge=1024)] = 262_144
    receipt_every_s: Annotated[float, Meta(gt=0.0, le=10.0)] = 0.25
    stations: tuple[Identifier, ...] = ()
    """Stations that may send; empty lets all that the broker lets in."""
