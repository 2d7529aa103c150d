"""A file stands whole or not at all."""

from __future__ import annotations

import pytest

from layers.whole_files import sync_folder, whole_file


def test_what_was_written_stands_in_its_place(tmp_path):
    with whole_file(tmp_path / "a.csv") as part:
        part.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "new"


def _stop_half_way(path, error):
    with whole_file(path) as part:
        part.write_text("half")
        raise error


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_whoever_stops_half_way_leaves_the_old_file(tmp_path, stop):
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(stop):
        _stop_half_way(tmp_path / "a.csv", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_writer_may_ask_for_the_ending_of_its_format(tmp_path):
    with whole_file(tmp_path / "a.gpkg", suffix=".gpkg") as part:
        part.write_bytes(b"")
        assert part.name == "a.gpkg.part.gpkg"


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path):
    sync_folder(tmp_path)
    sync_folder(tmp_path / "none")
