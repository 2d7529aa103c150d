"""Commands over layers: what their words do."""

from __future__ import annotations

from tests.calling import xygeo


def test_sample_files_that_cannot_be_written_leave_no_store(tmp_path):
    (tmp_path / "taken").write_text("")
    answer = xygeo("init", "--sample", "--files", tmp_path / "taken", data=tmp_path / "d")
    assert answer.code == 1
    assert "已有同名文件" in answer.err
    assert not (tmp_path / "d").exists()


def test_an_export_makes_its_folder(tmp_path):
    assert xygeo("init", data=tmp_path / "县 库").code == 0
    answer = xygeo("export", "elders", tmp_path / "新" / "e.csv", data=tmp_path / "县 库")
    assert answer.code == 0, answer.err
    assert [path.name for path in (tmp_path / "新").iterdir()] == ["e.csv"]
