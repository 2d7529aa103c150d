"""Help is Chinese, the parser's own words too."""

from __future__ import annotations

import re

import pytest

from api.cli.program import app
from tests.calling import xygeo

_ENGLISH = re.compile(r"Usage|Options|Arguments|Commands|message|default|required")


@pytest.mark.parametrize("words", [(), *((c.name,) for c in app.registered_commands)])
def test_help_holds_no_english_word_of_the_parser(words):
    answer = xygeo(*words, "--help")
    assert answer.code == 0
    assert answer.out.startswith("用法：")
    assert not _ENGLISH.findall(answer.out)
