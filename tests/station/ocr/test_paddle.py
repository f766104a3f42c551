import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_config.errors import ConfigError
from firmware_config.schema import Ocr
from station.ocr import weights
from station.ocr.paddle import PaddleEngine

pytestmark = pytest.mark.ocr

READ_ONE = """
import json, cv2, numpy as np
from firmware_config.schema import Ocr
from station.ocr.paddle import PaddleEngine
image = np.full((300, 800, 3), 245, np.uint8)
cv2.putText(image, "LAND 1987", (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
print(json.dumps(PaddleEngine(Ocr(driver="paddle")).read(image).plain))
"""


@pytest.fixture(autouse=True)
def _weights_are_here() -> None:
    if not (weights.default_folder() / weights.SET).is_dir():
        pytest.skip("OCR weights are absent: run `station models install`")


def test_it_reads_without_a_network_and_leaves_home_and_stdout_clean(tmp_path: Path) -> None:
    alone = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare --net is not permitted here: that OCR is offline was NOT shown")
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment["TMPDIR"] = str(tmp_path)
    command = [*alone, sys.executable, "-c", READ_ONE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == "LAND 1987"
    assert list(tmp_path.rglob("*")) == [home]
    assert done.stderr == ""


def test_damaged_weights_stop_the_engine_before_it_reads(tmp_path: Path) -> None:
    (tmp_path / weights.SET / weights.DETECTOR).mkdir(parents=True)
    (tmp_path / weights.SET / weights.DETECTOR / "inference.onnx").write_bytes(b"short")
    with pytest.raises(ConfigError) as caught:
        PaddleEngine(Ocr(driver="paddle", models=str(tmp_path)))
    assert caught.value.hint == weights.DAMAGED_HINT


def test_a_folder_without_weights_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        PaddleEngine(Ocr(driver="paddle", models=str(tmp_path)))
    assert caught.value.hint == weights.INSTALL_HINT
