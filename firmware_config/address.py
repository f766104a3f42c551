"""Where a broker is, as a person writes it."""

from __future__ import annotations

from firmware_config.errors import UsageError

PORT_MAXIMUM = 65_535
HINT = "消息服务器地址要写成“主机:端口”，例如 192.168.1.10:1883。"


def host_and_port(text: str) -> tuple[str, int]:
    """HOST:PORT taken apart. Raises UsageError."""
    host, _, port = text.rpartition(":")
    is_number = port.isascii() and port.isdecimal() and len(port) <= len(str(PORT_MAXIMUM))
    if not host or not is_number or not 0 < int(port) <= PORT_MAXIMUM:
        raise UsageError(f"a broker is HOST:PORT, not {text!r}", hint=HINT)
    return host, int(port)
