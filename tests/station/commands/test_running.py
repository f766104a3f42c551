import subprocess
import sys

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


STEPPING = """
import os, sys
from station.commands.running import step_back
for niceness in map(int, sys.argv[1:]):
    step_back(niceness)
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


def test_reading_steps_back_and_never_forward_again():
    words = [sys.executable, "-c", STEPPING, "19", "0"]

    assert subprocess.run(words, capture_output=True, check=True).stdout == b"19\n"
