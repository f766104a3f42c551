from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_config.border import run_command
from firmware_config.errors import ConfigError, DamageError, StorageError, UsageError
from sync import broker
from sync.township import cli
from sync.township.database import Database
from tests.sync.township.desk import Desk


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A township with one record of one page, and its master."""
    desk = Desk(tmp_path)
    document = {
        "pages": [
            {
                "number": 1,
                "shot": 1,
                "text": {"lines": [{"text": "小孙庄土地"}, {"text": "承包书"}]},
            },
            {"number": 2, "shot": 2, "text": None},
        ]
    }
    desk.outbox.add_file(json.dumps(document, ensure_ascii=False).encode(), "record")
    desk.outbox.add_file(b"master")
    desk.hello()
    desk.records(1, 2)
    for digest in desk.outbox.files:
        desk.store(digest)
    desk.close()
    return tmp_path


def spoken(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.run([*words]) == 0
    return capsys.readouterr().out


def test_status_counts_in_words_and_in_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = spoken(capsys, "status", "--home", str(home))
    numbers = json.loads(spoken(capsys, "status", "--home", str(home), "--json"))

    assert "s1：日志 2 条" in words
    assert (numbers["records"], numbers["files"], numbers["receiving"]) == (1, 2, 0)


def test_verify_is_content_with_what_is_whole(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(spoken(capsys, "verify", "--home", str(home), "--json"))

    assert found == {"entries": 2, "objects": 2, "frames": 1, "frames_awaited": 0, "wrong": []}


def test_verify_finds_a_flipped_bit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    objects = sorted(path for path in (home / "vault").rglob("*") if path.is_file())
    data = objects[0].read_bytes()
    objects[0].write_bytes(bytes([data[0] ^ 1]) + data[1:])

    with pytest.raises(DamageError):
        cli.run(["verify", "--home", str(home)])

    assert objects[0].name in capsys.readouterr().out


def test_verify_finds_a_lost_object_and_a_changed_entry(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    next(path for path in (home / "vault").rglob("*") if path.is_file()).unlink()
    database = Database(home / "township.db")
    database.write("UPDATE entries SET payload = replace(payload, 'A-0', 'A-9') WHERE seq = 1")
    database.commit()
    database.close()

    with pytest.raises(DamageError):
        cli.run(["verify", "--home", str(home), "--json"])

    wrong = json.loads(capsys.readouterr().out)["wrong"]
    assert any("第 1 条与前文对不上" in sentence for sentence in wrong)
    assert any("找不到" in sentence for sentence in wrong)


def test_after_a_restore_there_is_a_new_generation_and_people_are_told_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = json.loads(spoken(capsys, "restored", "--home", str(home), "--json"))
    second = json.loads(spoken(capsys, "restored", "--home", str(home), "--json"))

    words = spoken(capsys, "restored", "--home", str(home))

    assert first["server_gen"] != second["server_gen"]
    assert (first["files"], first["forgotten"]) == (2, [])
    assert "已登记本次恢复" in words
    assert "重新启动" in words


def test_a_restore_forgets_the_files_that_are_not_whole(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost, damaged = sorted(path for path in (home / "vault").rglob("*") if path.is_file())
    lost.unlink()
    damaged.write_bytes(b"?")

    found = json.loads(spoken(capsys, "restored", "--home", str(home), "--json"))

    assert found["forgotten"] == [lost.name, damaged.name]
    desk = Desk(home)
    desk.hello("two")
    assert {desk.init(path.name, 6).files[0].state for path in (lost, damaged)} == {"receiving"}
    desk.close()


def test_what_people_read_of_a_township_is_chinese(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--help"], *([name, "--help"] for name in cli.HELP)):
        with pytest.raises(SystemExit):
            cli.run(words)
    said = capsys.readouterr().out
    said += spoken(capsys, "status", "--home", str(home))
    said += spoken(capsys, "verify", "--home", str(home))

    for word in ("usage", "options", "show", "画幅", "幅", "隔离"):
        assert word not in said
    assert "原图 1 张" in said
    assert "待人工查看 0 条" in said


@pytest.mark.parametrize(("words", "pages"), [("地", 1), ("土地承包", 1), ("孙 书", 1), ("水", 0)])
def test_search_finds_words_also_across_lines(
    home: Path, capsys: pytest.CaptureFixture[str], words: str, pages: int
) -> None:
    hits = json.loads(spoken(capsys, "search", "--home", str(home), "--json", *words.split()))

    assert [hit["page"] for hit in hits] == [1] * pages


def test_search_also_finds_codes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hits = json.loads(spoken(capsys, "search", "--home", str(home), "--json", "a-0"))

    assert [(hit["code"], hit["page"]) for hit in hits] == [("A-0", None)]


def test_without_a_ledger_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no ledger"):
        cli.run(["status", "--home", str(tmp_path)])


def test_without_a_broker_receive_says_what_to_configure(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        cli.run(["receive", "--home", str(tmp_path)])

    assert "broker_host" in caught.value.hint


@pytest.mark.parametrize(
    "words",
    [[], ["fly"], ["search"], ["status", "--colour"], ["receive", "--broker", "localhost:abc"]],
)
def test_wrong_words_are_a_usage_error(words: list[str]) -> None:
    with pytest.raises(UsageError):
        cli.run(words)


def test_the_program_exits_with_the_code_of_its_error_and_says_the_hint(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sync.township.cli"]

    usage = subprocess.run([*command, "fly"], capture_output=True, text=True, check=False)
    config = subprocess.run(
        [*command, "status", "--home", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert (usage.returncode, config.returncode) == (64, 78)
    assert "--help" in usage.stderr
    assert "台账" in config.stderr


def test_a_bug_is_told_and_is_70(capsys: pytest.CaptureFixture[str]) -> None:
    def buggy() -> int:
        return int("not a number")

    assert run_command(buggy) == 70
    assert "ValueError" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write what is read only")
def test_a_read_only_folder_is_a_storage_error_for_ordinary_users(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(StorageError):
        Database(tmp_path / "new" / "township.db")


def test_a_ledger_that_takes_no_writes_is_a_storage_error(tmp_path: Path) -> None:
    database = Database(tmp_path / "township.db")
    database.read("PRAGMA query_only=ON")

    with pytest.raises(StorageError) as caught:
        database.write("DELETE FROM quarantine")

    assert "未回执" in caught.value.hint
    database.close()


def test_a_ledger_held_by_another_program_receipts_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, busy_timeout_s=0.05)
    desk.outbox.add_entry("item.opened", {})
    desk.hello()
    other = Database(tmp_path / "township.db")
    other.write("DELETE FROM quarantine")

    with pytest.raises(StorageError, match="locked"):
        desk.records(1)

    other.close()
    desk.close()
    again = Desk(tmp_path)
    assert again.hello("two").durable_seq == 0
    again.close()


def test_a_ledger_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    database = Database(tmp_path / "township.db")
    database.read("PRAGMA user_version=99")
    database.close()

    with pytest.raises(StorageError, match="newer"):
        Database(tmp_path / "township.db")


def test_a_ledger_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "township.db").write_bytes(b"not a database" * 100)

    with pytest.raises(DamageError):
        Database(tmp_path / "township.db")


def test_free_ports_are_free() -> None:
    assert broker.free_port() > 1023
