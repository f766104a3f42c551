import cv2
import numpy as np
import pytest

from tests.station.target.photographed import sheet


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    cv2.setNumThreads(1)


@pytest.fixture(scope="session")
def printed() -> np.ndarray:
    """The target as printed, in linear light."""
    return sheet()
