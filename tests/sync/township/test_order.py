"""First the disk, then the word: read off the system calls of a township at work."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sync import ends

CALLS = "openat,close,pwrite64,fdatasync,fsync,sendto,rename"
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")


def unsynced_at_each_receipt(trace: str, opened: dict[str, str]) -> list[set[str]]:
    """For every receipt sent, the files that were written and not synced when it was.

    `opened` are names by descriptor, of files that were open before the trace began.
    """
    names = dict(opened)
    written: set[str] = set()
    receipts: list[set[str]] = []
    for line in trace.splitlines():
        if not (match := CALL.match(line)):
            continue
        call, arguments, result = match.groups()
        descriptor = arguments.split(",")[0]
        name = names.get(descriptor, "")
        if call == "openat":
            names[result] = arguments.split('"')[1]
        elif call == "pwrite64" and name.endswith((".part", "-wal")):
            written.add(name)
        elif call in ("fdatasync", "fsync"):
            written.discard(name)
        elif call == "sendto" and "down/rcpt" in arguments:
            receipts.append(set(written))
    return receipts


def test_nothing_is_receipted_before_it_is_synced(tmp_path: Path, broker_port: int) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: apt-get install strace")
    trace = tmp_path / "trace"
    with ends.township(tmp_path, broker_port) as receiver:
        ends.until(lambda: b"link: up" in (tmp_path / "township.log").read_bytes())
        opened = {
            link.name: str(link.readlink()) for link in Path(f"/proc/{receiver.pid}/fd").iterdir()
        }
        assert any(name.endswith("-wal") for name in opened.values())
        command = ["strace", "-f", "-s", "200", "-e", f"trace={CALLS}", "-o", str(trace)]
        tracer = subprocess.Popen([*command, "-p", str(receiver.pid)], stderr=subprocess.PIPE)
        assert tracer.stderr is not None
        if b"attached" not in tracer.stderr.readline():
            tracer.kill()
            pytest.skip("strace may not attach here")
        with ends.station(tmp_path) as (store, outbox):
            ends.capture(store, 2, size_bytes=900_000)
            ends.deliver(outbox, ends.settings(broker_port))
    tracer.wait(ends.PATIENCE_S)

    receipts = unsynced_at_each_receipt(trace.read_text(errors="replace"), opened)
    assert len(receipts) >= 4
    assert receipts == [set()] * len(receipts)


def test_the_reader_of_the_trace_sees_a_receipt_that_comes_too_early() -> None:
    early = """
1 openat(AT_FDCWD, "/t/a.part", O_RDWR) = 7
1 pwrite64(7, "x", 1, 0) = 1
1 sendto(6, "vs/1/s/down/rcpt", 99, 0, NULL, 0) = 99
1 fdatasync(7) = 0
1 sendto(6, "vs/1/s/down/rcpt", 99, 0, NULL, 0) = 99
"""
    assert unsynced_at_each_receipt(early, {}) == [{"/t/a.part"}, set()]
