"""Wrong words get a Chinese sentence and exit 2."""

from __future__ import annotations

import pytest

from tests.calling import xygeo


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gapz",), "没有命令"),
        (("gaps", "--minuts", "15"), "没有选项 --minuts"),
        (("gaps", "--minutes", "abc"), "应是数"),
        (("gaps", "--minutes", "0"), "分钟"),
        (("gaps", "--minutes", "nan"), "分钟"),
        (("gaps", "--mode", "fly"), "walk、etrike、car"),
        (("gaps", "--age", "90"), "60、70、80、disabled"),
        (("gaps", "--by", "county"), "township、village"),
        (("gaps", "--kind", "school"), "没有设施类型"),
        (("gaps", "--as-of", "2023.13.45"), "2020-06-30"),
        (("circles", "--minutes", "5,x"), "--minutes"),
        (("circles", "--minutes", "-5"), "--minutes"),
        (("map", "--out", "map.pdf"), ".html"),
        (("print",), "--list"),
        (("print", "circles", "--out", "a.docx"), ".pdf、.svg 或 .png"),
        (("import", "roads"), "缺少"),
        (("import", "roads", "a.csv", "--map", "经度"), "列名=字段"),
        (("init", "--files", "x"), "--sample"),
        (("init", "--sample", "--seed", "-1"), "太小了"),
        (("export", "elders", "e.odt"), ".geojson"),
        (("print", "circles", "--publish", "secret"), "internal、review、public"),
    ],
)
def test_wrong_words_are_named_and_exit_two(words, said, tmp_path):
    answer = xygeo(*words, data=tmp_path)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_no_words_at_all_give_the_help():
    answer = xygeo()
    assert answer.code == 2
    assert answer.err.strip() == xygeo("--help").out.strip()


def test_an_option_without_its_value_is_named():
    answer = xygeo("gaps", "--minutes")
    assert answer.code == 2
    assert "--minutes 缺少值" in answer.err


def test_a_refusal_with_json_goes_to_stdout_with_its_code(tmp_path):
    answer = xygeo("gaps", "--mode", "fly", "--json", data=tmp_path)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "usage"
    assert answer.json["error"]["where"] == "--mode"
    assert answer.err == ""


def test_a_missing_store_says_what_to_run(tmp_path):
    answer = xygeo("gaps", "--json", data=tmp_path / "none")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "store_missing"
    assert "xygeo init" in answer.json["error"]["message"]
    assert not (tmp_path / "none").exists()


def test_every_command_has_help_in_chinese():
    from api.cli.program import app

    for command in app.registered_commands:
        assert any("一" <= letter <= "鿿" for letter in command.callback.__doc__), command.name
