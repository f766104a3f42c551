import zipfile
from pathlib import Path

import pytest

from firmware_config.errors import ConfigError, StorageError
from station.ocr import weights


def installed(tmp_path: Path) -> Path:
    """A private copy of this environment's weights."""
    source = weights.default_folder() / weights.SET
    if not source.is_dir():
        pytest.skip("OCR weights are absent: run `station models install`")
    for name in weights.PINNED:
        target = tmp_path / weights.SET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((source / name).read_bytes())
    return tmp_path


def test_absent_weights_are_a_configuration_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        weights.verified(tmp_path)
    assert caught.value.exit_code == 78
    assert "station models install" in caught.value.hint


@pytest.mark.ocr
def test_sound_weights_are_verified_and_not_fetched_again(tmp_path: Path) -> None:
    folder = installed(tmp_path)
    assert weights.verified(folder) == folder / weights.SET
    assert weights.install(folder, wheel=tmp_path / "never-opened.whl") is False


@pytest.mark.ocr
@pytest.mark.parametrize("name", sorted(weights.PINNED))
def test_a_file_cut_short_is_found(tmp_path: Path, name: str) -> None:
    folder = installed(tmp_path)
    victim = folder / weights.SET / name
    victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(ConfigError, match="is not the pinned file"):
        weights.verified(folder)


@pytest.mark.ocr
def test_the_configuration_paddlex_reads_holds_the_alphabet_of_the_model(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    home = weights.verified(installed(tmp_path))
    path = home / weights.RECOGNISER / "inference.yml"
    config = yaml.load(path.read_text("utf-8"), Loader=yaml.FullLoader)
    assert config["Global"]["model_name"] == weights.RECOGNISER
    alphabet = config["PostProcess"]["character_dict"]
    assert len(alphabet) == len(set(alphabet)) == 18_708
    assert {"村", "國", "1", "A", "\u3000"} <= set(alphabet)


def test_a_wheel_of_another_content_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    wheel = tmp_path / "rapidocr-3.10.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("rapidocr/models/PP-OCRv6_det_small.onnx", b"not a model")
    folder = tmp_path / "models"
    with pytest.raises(ConfigError, match="is not the pinned") as caught:
        weights.install(folder, wheel)
    assert caught.value.hint == weights.WHEEL_HINT
    assert list(folder.iterdir()) == []


def test_a_wheel_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such wheel"):
        weights.install(tmp_path, tmp_path / "nowhere.whl")


@pytest.mark.ocr
def test_a_refused_wheel_leaves_damaged_weights_for_a_second_try(tmp_path: Path) -> None:
    folder = installed(tmp_path)
    (folder / weights.SET / "LICENSE").unlink()
    with pytest.raises(ConfigError):
        weights.install(folder, tmp_path / "nowhere.whl")
    assert [path.name for path in folder.iterdir()] == [weights.SET]


def test_a_download_without_an_index_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(ConfigError) as caught:
        weights.install(tmp_path / "models")
    assert caught.value.hint == weights.OFFLINE_HINT
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    in_the_way = tmp_path / "models"
    in_the_way.write_bytes(b"")
    with pytest.raises(StorageError):
        weights.install(in_the_way)
