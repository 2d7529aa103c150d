import csv
import io
import os

import anyio
import pytest

from api.ogc.downloads import FileAnswer, download
from api.ogc.negotiation import FEATURES
from layers.errors import StoreError
from layers.store import Query


def sent(answer):
    """What goes over the wire: status, headers, body."""
    messages = []

    async def send(message):
        messages.append(message)

    async def receive():
        raise AssertionError

    anyio.run(answer, {"type": "http"}, receive, send)
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return dict(messages[0]["headers"]), body


def get(store, folder, name, **options):
    options = {"query": Query(), "full": False, **options}
    return download(store, "elders", format=FEATURES[name], folder=folder, headers={}, **options)


def test_a_file_is_sent_whole_and_nothing_stays(store, tmp_path):
    headers, body = sent(get(store, tmp_path, "csv"))
    assert list(tmp_path.iterdir()) == []
    assert body.startswith("\ufeff".encode())
    assert int(headers[b"content-length"]) == len(body)
    assert headers[b"content-disposition"] == b'attachment; filename="elders.csv"'
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["age80"] for row in rows] == ["<5", "隐去", "50"]


def test_who_may_see_them_gets_small_counts(store, tmp_path):
    _, body = sent(get(store, tmp_path, "csv", full=True, query=Query(limit=1)))
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["age80"] for row in rows] == ["3"]


def test_a_choice_of_rows_tells_no_more_than_all_of_them(store, tmp_path):
    query = Query(ids=["140423100002-2020"])
    _, body = sent(get(store, tmp_path, "csv", query=query))
    assert "隐去" in body.decode()


@pytest.mark.parametrize("name", ["xlsx", "gpkg", "fgb", "parquet"])
def test_binary_files_are_whole(store, tmp_path, name):
    headers, body = sent(get(store, tmp_path, name))
    assert len(body) == int(headers[b"content-length"]) > 100
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_never_sent_is_let_go(store, tmp_path):
    answer = get(store, tmp_path, "csv")
    number = answer._file
    del answer
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(number)


def test_a_client_that_goes_away_leaves_nothing(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"1" * 1000)
    answer = FileAnswer(path, "text/plain", {})

    async def send(_message):
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - whatever the server raises
        anyio.run(answer, {}, None, send)
    assert answer._file is None


def test_a_folder_that_refuses_is_told(store, tmp_path):
    with pytest.raises(StoreError):
        get(store, tmp_path / "missing", "csv")
