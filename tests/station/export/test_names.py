import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import InputError
from station.export.names import file_of


def test_a_file_is_named_by_code_and_serial():
    path = file_of("Z109-WS·2011·Y-0001", 12, "access", "image/jpeg")
    assert str(path) == "access/Z109-WS.2011.Y-0001/Z109-WS.2011.Y-0001-0012.jpg"


@given(st.text(max_size=40))
def test_no_code_leads_out_of_the_folder(code):
    try:
        path = file_of(code, 1, "master", "image/png")
    except InputError:
        return
    assert ".." not in path.parts
    assert len(path.parts) == 3


def test_what_is_no_archival_code_is_refused():
    with pytest.raises(InputError):
        file_of("../../etc/passwd", 1, "master", "image/jpeg")
