"""Commands that answer the planner take the same words."""

from __future__ import annotations

import pytest

from tests.calling import xygeo


@pytest.mark.parametrize("command", ["circles", "gaps", "map"])
def test_every_question_may_be_put_by_village(command, tmp_path):
    answer = xygeo(command, "--by", "village", "--json", data=tmp_path)
    assert (answer.code, answer.json["error"]["code"]) == (1, "store_missing")
    answer = xygeo(command, "--by", "county", data=tmp_path)
    assert answer.code == 2
    assert "township、village" in answer.err
