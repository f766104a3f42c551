import pytest

from firmware_config.errors import ConfigError
from firmware_config.schema import Fonds
from station.commands.running import check_fonds


def test_a_fonds_that_makes_no_archival_code_is_a_wrong_configuration():
    with pytest.raises(ConfigError, match=r"\[fonds\].*problem") as refused:
        check_fonds(Fonds(number="Z001", problem="bgs"))

    assert refused.value.exit_code == 78
    assert "档号" in refused.value.hint


def test_a_fonds_of_the_county_is_taken():
    check_fonds(Fonds(number="Z109", problem="BGS", form="DA/T 22", year=1991))
