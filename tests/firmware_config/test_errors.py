import re

import pytest

from firmware_config import errors
from firmware_config.errors import ConfigError, OurError

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, OurError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_an_exit_code_of_the_list_and_a_chinese_hint(kind):
    error = kind("what and which")

    assert error.exit_code in {64, 70, 74, 78}
    assert re.search(r"[一-鿿]", error.hint)
    assert str(error) == error.message == "what and which"


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_drawn_at_the_top_is_the_tree_there_is(kind):
    drawn = re.search(rf"\b{kind.__name__} +(\d+)", errors.__doc__)

    assert drawn
    assert int(drawn[1]) == kind.exit_code


def test_a_hint_of_its_own_goes_before_the_kinds():
    assert ConfigError("x", hint="请插好电源。").hint == "请插好电源。"
