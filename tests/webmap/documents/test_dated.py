from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

from webmap.documents.dated import first_day, write_dated


def made() -> BytesIO:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("a.xml", "<a/>")
        parts.writestr(
            "docProps/core.xml",
            "<c><dcterms:created t='x'>now</dcterms:created>"
            "<dcterms:modified t='x'>now</dcterms:modified></c>",
        )
    return out


def test_times_become_the_day_and_parts_are_replaced(tmp_path):
    write_dated(made(), tmp_path / "a.zip", date(2024, 1, 2), parts={"a.xml": b"<b/>"})
    with zipfile.ZipFile(tmp_path / "a.zip") as parts:
        assert parts.read("a.xml") == b"<b/>"
        assert parts.read("docProps/core.xml").count(b">2024-01-02T00:00:00Z<") == 2
        assert {one.date_time[:3] for one in parts.infolist()} == {(2024, 1, 2)}


def test_no_day_is_before_the_first_that_a_zip_can_say():
    assert first_day(date(1970, 1, 1)) == date(1980, 1, 1)
    assert first_day(date(2024, 1, 1)) == date(2024, 1, 1)
