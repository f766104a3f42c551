"""MQTT 5 brokers as processes of their own, on loopback: for trying out, the demo and the tests.

`python -m sync.broker --port N` is the embedded one: rumqttd inside the package iotcore. It
needs nothing of the system, keeps nothing on disk, and tells neither its largest packet nor
that nobody is subscribed. `mosquitto` is the one of the distribution. A township of more than a
few stations has a broker of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from firmware_config.border import Parser, run_command
from firmware_config.errors import DriverError, LinkError

Kind = Literal["embedded", "mosquitto"]
HOST = "127.0.0.1"
START_TIMEOUT_S = 10.0
PACKET_BYTES_MAXIMUM = 1 << 20
MOSQUITTO_PLACES = ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")

EMBEDDED = """
id = 0

[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 33554432
max_segment_count = 8

[v5.1]
name = "v5-1"
listen = "{host}:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {packet_bytes}
max_inflight_count = 100
dynamic_filters = true
"""
MOSQUITTO = """
listener {port} {host}
allow_anonymous true
persistence false
max_packet_size {packet_bytes}
max_queued_messages 10000
set_tcp_nodelay true
"""


def serve(port: int, folder: Path) -> int:
    """Be the embedded broker, for ever. Raises DriverError without the package iotcore."""
    try:
        from iotcore import IotCoreBroker
    except ImportError as error:
        raise DriverError("the embedded broker needs the package iotcore") from error
    config = _written(folder / "embedded.toml", EMBEDDED, port, PACKET_BYTES_MAXIMUM)
    IotCoreBroker(config_path=str(config)).run_forever()
    return 0


def mosquitto_program() -> str | None:
    """Where mosquitto is, or None."""
    return next((path for place in MOSQUITTO_PLACES if (path := shutil.which(place))), None)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as plug:
        plug.bind((HOST, 0))
        port: int = plug.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    kind: Kind = "embedded", port: int = 0, *, packet_bytes: int = PACKET_BYTES_MAXIMUM
) -> Iterator[int]:
    """A broker process, ended on leaving; gives its port. Raises DriverError or LinkError."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = _command(kind, port, Path(folder), packet_bytes)
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_for(process, port, kind)
            yield port
        finally:
            process.kill()
            process.wait()


def _command(kind: Kind, port: int, folder: Path, packet_bytes: int) -> Sequence[str]:
    if kind == "embedded":
        return [sys.executable, "-m", "sync.broker", "--port", str(port)]
    program = mosquitto_program()
    if program is None:
        raise DriverError("mosquitto is not installed")
    config = _written(folder / "mosquitto.conf", MOSQUITTO, port, packet_bytes)
    return [program, "-c", str(config)]


def _written(path: Path, template: str, port: int, packet_bytes: int) -> Path:
    path.write_text(template.format(host=HOST, port=port, packet_bytes=packet_bytes))
    return path


def wait_for(process: subprocess.Popen[bytes], port: int, kind: Kind) -> None:
    """Until it listens. Raises LinkError when it does not, in ten seconds."""
    until_s = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < until_s:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 0.2):
            return
        time.sleep(0.02)
    raise LinkError(f"the {kind} broker does not listen on port {port}")


def main() -> int:
    """`python -m sync.broker`."""
    parser = Parser(prog="sync.broker", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--port", type=int, default=1883)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return serve(arguments.port, Path(folder))


if __name__ == "__main__":
    sys.exit(run_command(main))
