"""A disk whose power can be cut: ext4 on a loop device and the EXT4_IOC_SHUTDOWN ioctl.

Flag 2 (NOLOGFLUSH) throws away everything not yet on the medium, the journal's tail included: for
one file system it is a real power cut. The writer is stopped first, because the ioctl would
otherwise race a flush that is under way.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = struct.pack("I", 2)
SETTLE_S = 0.15
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


class Disk:
    """A mounted ext4 image; `mount` is where it stands."""

    def __init__(self, folder: Path, *, megabytes: int = 96):
        self.image = folder / "disk.img"
        self.mount = folder / "disk"
        self.mount.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", str(self.image))
        self._attach()

    def cut_power(self, writer: subprocess.Popen[bytes]) -> None:
        """Stop the writer, cut, kill it, and come back as after a reboot."""
        writer.send_signal(signal.SIGSTOP)
        time.sleep(SETTLE_S)
        folder = os.open(self.mount, os.O_RDONLY)
        fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, NO_LOG_FLUSH)
        os.close(folder)
        writer.kill()
        writer.wait()
        self.detach()
        self._attach()

    def detach(self) -> None:
        _run("umount", str(self.mount))

    def _attach(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.mount))


def why_not(folder: Path) -> str:
    """Empty where a disk can be made and cut here; else the reason, for a loud skip."""
    if os.geteuid() != 0:
        return "power cuts need root to mount a loop device"
    try:
        probe = Disk(folder, megabytes=8)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"power cuts need loop devices: {error}"
    probe.detach()
    return ""


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "PATH": PATH})
