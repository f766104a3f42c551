"""`python -m sync.describe FOLDER` writes the JSON Schemas of the wire, made from its types."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from sync.wire import MESSAGES, Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def file_name(message: type[Message]) -> str:
    """`grant/1.0` is described by `grant.json`."""
    return f"{message.SCHEMA.partition('/')[0]}.json"


def schema_of(message: type[Message]) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a message; unknown fields are allowed."""
    _, parts = msgspec.json.schema_components([message], ref_template="#/$defs/{name}")
    own = parts.pop(message.__name__)
    schema = {"$schema": DIALECT, "$id": message.SCHEMA, **own}
    whole = {**schema, "$defs": parts} if parts else schema
    described: dict[str, Any] = json.loads(json.dumps(whole))
    return described


def write(folder: Path) -> None:
    """Write the schema of every message of vs/1 into `folder`."""
    for message in sorted(set(MESSAGES.values()), key=file_name):
        text = json.dumps(schema_of(message), ensure_ascii=False, indent=2)
        (folder / file_name(message)).write_text(f"{text}\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
