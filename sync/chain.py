"""The hash chain of a station's journal; a shell with sha256sum can follow it. Pure."""

from __future__ import annotations

import hashlib


def first(station: str, epoch: str) -> str:
    """The chain before the first entry: `sha256(station/epoch)`, hex."""
    return hashlib.sha256(f"{station}/{epoch}".encode()).hexdigest()


def following(chain: str, seq: int, payload: bytes) -> str:
    """`sha256(chain || seq || sha256(payload))`, all as hex or decimal ASCII."""
    digest = hashlib.sha256(payload).hexdigest()
    return hashlib.sha256(f"{chain}{seq}{digest}".encode("ascii")).hexdigest()
