from __future__ import annotations

import pytest

from firmware_config.address import host_and_port
from firmware_config.errors import UsageError


def test_host_and_port_are_told_apart() -> None:
    assert host_and_port("township.example:1883") == ("township.example", 1883)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", ":1883", "localhost:", "localhost:abc", "a:0", "a:65536", "a:-1", "a:²"],
)
def test_what_is_no_address_is_a_usage_error_that_shows_one(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        host_and_port(text)

    assert "主机:端口" in caught.value.hint
