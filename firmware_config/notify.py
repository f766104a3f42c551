"""Words to systemd about this process (sd_notify): ready, alive, stopping.

One datagram each to the socket that NOTIFY_SOCKET names; nothing at all where it is not set.
A word that cannot be delivered is dropped: systemd itself restarts a process it does not hear.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress


def ready(environment: Mapping[str, str] = os.environ) -> None:
    """The process does its work from now on (Type=notify waits for this)."""
    _send("READY=1", environment)


def watchdog(environment: Mapping[str, str] = os.environ) -> None:
    """Still alive; to be said more often than WatchdogSec= of the unit."""
    _send("WATCHDOG=1", environment)


def watched(
    stop: Callable[[], bool], environment: Mapping[str, str] = os.environ
) -> Callable[[], bool]:
    """`stop` for a loop that asks it often: ready from the first question, alive with each."""
    asked = False

    def stop_and_tell() -> bool:
        nonlocal asked
        if not asked:
            ready(environment)
        asked = True
        watchdog(environment)
        return stop()

    return stop_and_tell


def stopping(environment: Mapping[str, str] = os.environ) -> None:
    """The process has begun to stop."""
    _send("STOPPING=1", environment)


def _send(state: str, environment: Mapping[str, str]) -> None:
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        # An abstract socket: systemd writes its leading NUL as @.
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to_systemd:
        to_systemd.setblocking(False)
        with suppress(OSError):
            to_systemd.sendto(state.encode(), address)
