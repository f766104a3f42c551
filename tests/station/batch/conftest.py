"""The told engine as a driver, for this process and those it starts."""

from pathlib import Path

import pytest

TOLD = Path(__file__).parents[2] / "doubles" / "told_engine"


@pytest.fixture
def told(tmp_path, monkeypatch) -> Path:
    """The folder in which the told engine keeps its log."""
    monkeypatch.syspath_prepend(str(TOLD))
    folder = tmp_path / "told"
    folder.mkdir()
    return folder
