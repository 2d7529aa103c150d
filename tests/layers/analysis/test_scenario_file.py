from __future__ import annotations

import json

import pytest

from geo.errors import InputError
from layers.analysis.scenario_file import read_scenario_file

PLAN = {"name": "甲案", "removed": ["西站"]}


def test_json_and_yaml_say_the_same(tmp_path):
    (tmp_path / "a.json").write_text("\ufeff" + json.dumps(PLAN), "utf-8")
    (tmp_path / "a.yml").write_text("name: 甲案\nremoved:\n- 西站\n", "utf-8")
    one, other = (read_scenario_file(tmp_path / name) for name in ("a.json", "a.yml"))
    assert one == other
    assert one.removed == ("西站",)


def test_a_scenario_without_a_name_is_called_like_its_file(tmp_path):
    (tmp_path / "关站.json").write_text('{"removed": ["西站"]}', "utf-8")
    assert read_scenario_file(tmp_path / "关站.json").name == "关站"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.json", b"{", "第 1 行第 2 列不合 JSON"),
        ("a.yaml", b"a: [\n", "第 2 行不合 YAML"),
        ("a.yaml", b"a: &x [1]\nb: *x\n", "不支持引用"),
        ("a.yaml", b"!!python/object/apply:os.getcwd []", "不合 YAML"),
        ("a.json", b"\xff\xfe{}", "UTF-8"),
        ("a.json", b"[" * 100_000, "读不懂"),
        ("a.json", b" " * (2 * 1024 * 1024 + 1), "2 MiB"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, body, said):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(InputError, match=said) as refused:
        read_scenario_file(tmp_path / name)
    assert refused.value.code == "scenario_unreadable"
