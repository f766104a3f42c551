"""docs/config.md, written from the schema: `python -m firmware_config.manual > docs/config.md`."""

from __future__ import annotations

import ast
import inspect
import itertools
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect as kinds

from firmware_config import schema, township_schema
from firmware_config.load import profiles

HEAD = """# Configuration

Written from `firmware_config/schema.py` and `township_schema.py` by
`python -m firmware_config.manual`; change it there.

`/etc/station/device.toml` (or `--config FILE`) is a station's own file, and
`/etc/station/township.toml` a township's. Both are TOML in UTF-8. A station's file names a profile
(`profile = "pi-hq-cradle"`; there are: {profiles}), and what stands in the file
wins over the profile, key by key. Where /etc/station/device.toml is absent a command stands on the
profile `laptop-folder`, but the units of systemd name the file and refuse to start without it.
`pi-hq-cradle` leaves `station` and `fonds.number` to the machine's own file:

```toml
profile = "pi-hq-cradle"
station = "st-007"

[fonds]
number = "Z109"
```

An unknown key, a wrong type or a value out of bounds is refused
with its path, and the program exits 78. `~` in a path is the user's home.
"""


def manual() -> str:
    """The whole page."""
    parts = [HEAD.format(profiles=", ".join(f"`{name}`" for name in profiles()))]
    for title, root in (("A station", schema.Device), ("A township", township_schema.Township)):
        parts += [f"## {title}\n", *_section(root, "")]
    return "\n".join(parts)


def _section(section: type[schema.Section], path: str) -> Iterator[str]:
    fields = kinds.type_info(section).fields  # type: ignore[attr-defined]
    notes = _notes(section)
    if path:
        yield f"### `[{path}]`\n"
    yield f"{inspect.getdoc(section)}\n"
    plain = [field for field in fields if not _under(field.type)]
    if plain:
        yield "| key | value | default | |\n|---|---|---|---|"
        for field in plain:
            cells = (
                f"`{field.name}`",
                _kind(field.type),
                _default(field),
                notes.get(field.name, ""),
            )
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield ""
    for field in fields:
        if below := _under(field.type):
            yield from _section(below, f"{path}.{field.name}".lstrip("."))


def _under(kind: kinds.Type) -> type[schema.Section] | None:
    """The section that a key holds, if it holds one."""
    for one in kind.types if isinstance(kind, kinds.UnionType) else (kind,):
        if isinstance(one, kinds.StructType) and issubclass(one.cls, schema.Section):
            return one.cls
    return None


def _kind(kind: kinds.Type) -> str:
    if isinstance(kind, kinds.UnionType):
        return " or ".join(_kind(one) for one in kind.types if not isinstance(one, kinds.NoneType))
    if isinstance(kind, kinds.IntType | kinds.FloatType):
        return " ".join(
            ["integer" if isinstance(kind, kinds.IntType) else "number", *_bounds(kind)]
        )
    if isinstance(kind, kinds.LiteralType | kinds.BoolType):
        values = kind.values if isinstance(kind, kinds.LiteralType) else (True, False)
        return " or ".join(f"`{msgspec.json.encode(value).decode()}`" for value in values)
    if isinstance(kind, kinds.StrType):
        return f"text like `{kind.pattern}`" if kind.pattern else "text"
    if isinstance(kind, kinds.TupleType):
        return f"{len(kind.item_types)} × {_kind(kind.item_types[0])}"
    if isinstance(kind, kinds.VarTupleType):
        return f"list of {_kind(kind.item_type)}"
    raise TypeError(f"the manual has no words for {kind}")


def _bounds(kind: Any) -> Iterator[str]:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    for name, word in words.items():
        bound = getattr(kind, name)
        if bound is not None:
            yield f"{word} {int(bound) if bound == int(bound) else bound}"


def _default(field: kinds.Field) -> str:
    if field.default is msgspec.NODEFAULT:
        return "must be given"
    if field.default is None:
        return "none"
    return f"`{msgspec.json.encode(field.default).decode()}`"


def _notes(section: type) -> dict[str, str]:
    """The string that stands under each key in the source, its own class first."""
    found: dict[str, str] = {}
    for owner in reversed(section.__mro__):
        if owner.__module__ in (schema.__name__, township_schema.__name__):
            (tree,) = ast.parse(inspect.getsource(owner)).body
            found |= _strings(tree.body)  # type: ignore[attr-defined]
    return found


def _strings(body: list[ast.stmt]) -> dict[str, str]:
    found = {}
    for key, note in itertools.pairwise(body):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name):
            match note:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[key.target.id] = " ".join(text.split())
    return found


if __name__ == "__main__":
    sys.stdout.write(manual())
