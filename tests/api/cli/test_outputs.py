"""Files that are asked for are looked at before anything is computed."""

from __future__ import annotations

import pytest

from api.cli.outputs import place_for, require_outputs
from api.cli.usage import UsageError
from tests.calling import xygeo


def test_another_ending_names_those_there_are(tmp_path):
    with pytest.raises(UsageError, match=r"表只能写成 \.xlsx 或 \.csv，不是“a\.doc”。"):
        require_outputs([tmp_path / "a.doc"], (".xlsx", ".csv"), what="表")


def test_a_single_ending_needs_no_or(tmp_path):
    with pytest.raises(UsageError, match=r"图只能写成 \.html，不是"):
        require_outputs([tmp_path / "a.doc"], (".html",), what="图")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(UsageError, match="是文件夹"):
        require_outputs([tmp_path / "a.csv"], (".csv",), what="表")


def test_capital_endings_are_taken(tmp_path):
    require_outputs([tmp_path / "A.CSV"], (".csv",), what="表")


def test_a_missing_folder_is_made_for_the_file(tmp_path):
    assert place_for(tmp_path / "成果 2026" / "a" / "b.csv").parent.is_dir()


@pytest.mark.parametrize(
    "words",
    [
        ("circles", "--out", "c.kml"),
        ("gaps", "--out", "g.docx"),
        ("map", "--out", "m.pdf"),
        ("print", "circles", "--out", "p.docx"),
    ],
)
def test_no_command_reads_the_store_before_it_refuses_an_ending(words, tmp_path):
    answer = xygeo(*words, data=tmp_path / "none")
    assert answer.code == 2
    assert "只能写成" in answer.err
