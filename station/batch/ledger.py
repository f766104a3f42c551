"""What stands in the folder of readings, listed so that anyone with sha256sum can check it.

Each of the 256 shards has its SHA256SUMS, with paths from OUT; OUT/SHA256SUMS has those lists, so
one digest stands for everything. In OUT: `sha256sum -c --quiet SHA256SUMS ??/SHA256SUMS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from station.batch.results import FAILED, SUMS, Failure, Reading
from station.model import Noun
from station.store.border import our_errors
from station.store.spool import PART, put

SHARDS = tuple(f"{number:02x}" for number in range(256))


class Shard(Noun, frozen=True, kw_only=True):
    """What one shard holds. `faults` are sentences, each beginning with a path."""

    name: str
    readings: int = 0
    pages: int = 0
    failures: int = 0
    faults: tuple[str, ...] = ()


def list_shard(out: Path, name: str) -> Shard:
    """Write a shard's list, and sweep what killed workers left half-written.

    Nobody may be writing into the shard. Raises StorageError.
    """
    with our_errors("sweep a shard"):
        for part in (out / name).glob(f"*/*{PART}"):
            part.unlink(missing_ok=True)
    found, lines = _seen(out, name)
    with our_errors("list a shard"):
        put(out / name / SUMS, "".join(lines).encode())
    return found


def check_shard(out: Path, name: str) -> Shard:
    """Hold a shard against its list, byte by byte; the differences are faults."""
    found, lines = _seen(out, name)
    with our_errors("read a list"):
        path = out / name / SUMS
        if not path.is_file():
            return msgspec.structs.replace(found, faults=(*found.faults, f"{name}: not listed"))
        listed = path.read_text().splitlines(keepends=True)
    wrong = sorted({line[66:].rstrip("\n") for line in set(listed) ^ set(lines)})
    faults = (f"{path}: not as listed" for path in wrong)
    return msgspec.structs.replace(found, faults=(*found.faults, *faults))


def unlisted(out: Path) -> list[str]:
    """The shards that have changed since they were listed."""
    return [name for name in present(out) if not (out / name / SUMS).is_file()]


def present(out: Path) -> list[str]:
    """The shards that there are."""
    return [name for name in SHARDS if (out / name).is_dir()]


def top(out: Path) -> bytes:
    """The list of the shards' lists, as it is to stand in OUT/SHA256SUMS."""
    with our_errors("list the shards"):
        return "".join(_lines(out, (out / name / SUMS for name in present(out)))).encode()


def _seen(out: Path, name: str) -> tuple[Shard, list[str]]:
    """A shard as it is, and the lines for its list."""
    readings = pages = failures = 0
    faults = []
    with our_errors("read a shard"):
        files = sorted((out / name).glob("*/*.jpg")) + sorted((out / name).glob("*/*.json"))
        for path in files:
            if path.suffix == ".jpg":
                continue
            whole = _decoded(path)
            readings += isinstance(whole, Reading)
            failures += isinstance(whole, Failure)
            pages += len(whole.pages) if isinstance(whole, Reading) else 0
            if whole is None or whole.master != path.parent.name:
                faults.append(f"{path.relative_to(out)}: damaged")
        lines = list(_lines(out, files))
    seen = Shard(name=name, readings=readings, pages=pages, failures=failures, faults=tuple(faults))
    return seen, lines


def _decoded(path: Path) -> Reading | Failure | None:
    data = path.read_bytes()
    try:
        if path.name.endswith(FAILED):
            return msgspec.json.decode(data, type=Failure)
        return msgspec.json.decode(data, type=Reading)
    except msgspec.DecodeError:
        return None


def _lines(out: Path, files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        yield f"{digest}  {path.relative_to(out)}\n"
