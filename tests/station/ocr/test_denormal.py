import numpy as np
import pytest

from station.ocr.denormal import without_denormals

FLOAT, INT64 = 1, 7


def number(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(rest) if rest else bytes([low])


def counted(field: int, data: bytes) -> bytes:
    return number(field << 3 | 2) + number(len(data)) + data


def tensor(weights: np.ndarray, kind: int = FLOAT) -> bytes:
    """dims, data_type, name, raw_data, as onnx.proto3 numbers them."""
    shape = number(1 << 3) + number(weights.size)
    told = number(2 << 3) + number(kind)
    return shape + told + counted(8, b"w") + counted(9, weights.tobytes())


def network(*tensors: bytes) -> bytes:
    version = number(1 << 3) + number(8)
    graph = counted(2, b"g") + b"".join(counted(5, one) for one in tensors)
    return version + counted(7, graph) + counted(8, b"\x10\x0b")


WEIGHTS = np.array([1.0, -1e-39, 0.0, 3e-45, -2.5, 1e-20, 7e-31], np.float32)


def test_weights_too_small_to_matter_become_nought_and_no_other() -> None:
    kept = np.array([1.0, 0.0, 0.0, 0.0, -2.5, 1e-20, 0.0], np.float32)
    assert without_denormals(network(tensor(WEIGHTS))) == network(tensor(kept))


def test_numbers_of_other_kinds_are_left_alone() -> None:
    counts = np.array([1, 2, 300], np.int64)
    whole = network(tensor(counts, INT64), tensor(WEIGHTS[:1]))
    assert without_denormals(whole) == whole


def test_a_tensor_longer_than_a_byte_can_count_is_found() -> None:
    many = np.full(50_000, 1e-40, np.float32)
    assert without_denormals(network(tensor(many))) == network(tensor(np.zeros_like(many)))


@pytest.mark.parametrize("data", [b"\x0f", b"\x08\xff", b"\x0b\x01"])
def test_what_is_no_protocol_buffer_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no protocol buffer"):
        without_denormals(data)
