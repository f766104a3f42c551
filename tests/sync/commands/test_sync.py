"""`station sync` as a command module."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_config.errors import ConfigError, LinkError
from station.cli import dispatch
from sync import broker
from tests.sync import ends


def run(home: Path, port: int | None, *words: str) -> int:
    config = home / "device.toml"
    table = f'[sync]\nbroker_host = "{broker.HOST}"\nbroker_port = {port}\n' if port else ""
    config.write_text(f'station = "{ends.STATION}"\n{table}')
    where = ["--config", str(config), "--home", str(home / "station")]
    return dispatch(["sync", *where, *words])


def test_once_ends_with_0_when_all_is_receipted(
    tmp_path: Path, broker_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with ends.station(tmp_path) as (store, _):
        digests = ends.capture(store, 1)
    with ends.township(tmp_path, broker_port):
        assert run(tmp_path, broker_port, "--once", "--json", "--timeout-s", "20") == 0

    assert json.loads(capsys.readouterr().out) == {"outbox_entries": 0, "outbox_files": 0}
    with ends.station(tmp_path) as (store, _):
        ends.assert_all_there(tmp_path, store, digests)


def test_an_empty_outbox_is_done_without_a_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, broker.free_port(), "--once") == 0
    assert "回执齐全" in capsys.readouterr().out


def test_an_absent_broker_is_a_link_error_at_once(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, _):
        ends.capture(store, 1)

    with pytest.raises(LinkError) as caught:
        run(tmp_path, broker.free_port(), "--once")

    assert caught.value.exit_code == 74
    assert "数据已存在本机" in caught.value.hint


def test_without_a_broker_in_the_configuration_the_hint_says_where_to_put_one(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError) as caught:
        run(tmp_path, None, "--once")

    assert "broker_host" in caught.value.hint


def test_sigterm_ends_the_uplink_cleanly(tmp_path: Path, broker_port: int) -> None:
    words = "import sys; from tests.sync.commands import test_sync as t; from pathlib import Path;"
    words += "sys.exit(t.run(Path(sys.argv[1]), int(sys.argv[2])))"
    with ends.station(tmp_path) as (store, outbox):
        ends.capture(store, 1)
        with ends.township(tmp_path, broker_port):
            process = subprocess.Popen([sys.executable, "-c", words, tmp_path, str(broker_port)])
            ends.until(outbox.empty)

            assert ends.terminate(process) == 0
