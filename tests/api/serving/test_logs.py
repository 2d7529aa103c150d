"""Lines are JSON, know only what they may, and a stalled reader or full disk stops nobody."""

from __future__ import annotations

import json
import logging
import os
from datetime import date

import pytest

from api.serving.logs import KEPT_DAYS, DayFile, JsonLines, Pipe, start_logging


def record(message="call", exc_info=None, **extra):
    made = logging.LogRecord("xygeo", logging.INFO, __file__, 1, message, (), exc_info)
    made.__dict__.update(extra)
    return made


def test_a_line_is_json_with_time_level_and_event():
    line = json.loads(JsonLines().format(record(status=200, route="/ogc", account="王")))
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info", "event": "call", "status": 200, "route": "/ogc", "account": "王",
    }  # fmt: skip


def test_what_is_not_on_the_list_is_left_out():
    assert "secret" not in JsonLines().format(record(query="secret", body="secret"))


def test_an_error_shows_its_type_and_places_but_not_its_text():
    try:
        raise ZeroDivisionError("secret")
    except ZeroDivisionError as error:
        text = JsonLines().format(record(exc_info=(type(error), error, error.__traceback__)))
    line = json.loads(text)
    assert line["error"] == "ZeroDivisionError"
    assert line["trace"][0].endswith("shows_its_type_and_places_but_not_its_text")
    assert "secret" not in text


@pytest.fixture
def day_file(tmp_path):
    days = [date(2026, 6, 30)]
    handler = DayFile(tmp_path / "logs", time_zone="Asia/Shanghai", today=lambda: days[-1])
    handler.setFormatter(JsonLines())
    yield handler, days, tmp_path / "logs"
    handler.close()


def test_each_day_has_its_file(day_file):
    handler, days, folder = day_file
    handler.emit(record("one"))
    handler.emit(record("two"))
    days.append(date(2026, 7, 1))
    handler.emit(record("three"))
    lines = {path.name: len(path.read_text().splitlines()) for path in folder.iterdir()}
    assert lines == {"xygeo-2026-06-30.jsonl": 2, "xygeo-2026-07-01.jsonl": 1}


def test_files_are_kept_for_two_hundred_days(day_file):
    handler, _, folder = day_file
    folder.mkdir()
    names = ["xygeo-2025-12-12.jsonl", "xygeo-2025-12-11.jsonl", "notes-2020-01-01.jsonl"]
    for name in names:
        (folder / name).touch()
    handler.emit(record())
    kept = {path.name for path in folder.iterdir()}
    assert KEPT_DAYS == 200
    assert kept == {"xygeo-2026-06-30.jsonl", names[0], names[2]}


def test_a_folder_that_cannot_be_written_loses_the_line_not_the_call(tmp_path):
    (tmp_path / "logs").write_text("in the way")
    handler = DayFile(tmp_path / "logs", time_zone="Asia/Shanghai")
    handler.setFormatter(JsonLines())
    handler.emit(record())
    handler.close()


def test_a_reader_that_stalls_holds_nobody_up():
    into, out = os.pipe()
    handler = Pipe(out)
    handler.setFormatter(JsonLines())
    for _ in range(20_000):  # more than pipe and queue hold
        handler.emit(record("x" * 50))
    os.close(into)  # the writing thread gets an error and ends
    handler.close()
    os.close(out)


def test_lines_reach_the_pipe_in_order():
    into, out = os.pipe()
    handler = Pipe(out)
    handler.setFormatter(JsonLines())
    for number in range(50):
        handler.emit(record(str(number)))
    handler.close()
    os.close(out)
    with os.fdopen(into) as read:
        assert [json.loads(line)["event"] for line in read] == [str(n) for n in range(50)]


def test_logging_starts_and_ends(tmp_path, capfd):
    stop = start_logging(tmp_path, time_zone="Asia/Shanghai")
    logging.getLogger("layers.anchors").info("anchor %d %s", 7, "abc")
    logging.getLogger("elsewhere").info("chatter")
    stop()
    logging.getLogger("layers.anchors").info("afterwards")
    (line,) = capfd.readouterr().out.splitlines()
    assert json.loads(line)["event"] == "anchor 7 abc"
    assert [path.read_text() for path in tmp_path.iterdir()] == [line + "\n"]
