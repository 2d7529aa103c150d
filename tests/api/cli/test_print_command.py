"""`xygeo print` as a clerk types it: files, modes, refusals and their exit codes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from layers.accesslog import AccessLog
from layers.store import open_store
from tests.calling import xygeo
from tests.layers.analysis.boundary import ID, filled
from tests.webmap.printing.stores import ACTOR, TOWN, fill, opened

NUMBER = ("--review-no", "晋S(2026)001号", "--approval", "晋图审〔2026〕1号")


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("surveyed")
    opened(folder, "surveyed").close()
    return folder


@pytest.fixture(scope="module")
def rough(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rough")
    opened(folder, "synthetic").close()
    return folder


@pytest.fixture
def fresh(tmp_path):
    opened(tmp_path, "surveyed").close()
    return tmp_path


@pytest.fixture(scope="module")
def boundary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boundary")
    filled(folder).close()
    return folder


def refused(*words, data):
    answer = xygeo("print", *words, "--json", data=data)
    return answer.code, answer.json["error"]


def log_of(folder: Path):
    with AccessLog(folder / "accounts.sqlite") as log:
        return log.entries()


def test_the_list_names_sheets_papers_and_scales():
    sheets = {entry["sheet"]: entry for entry in xygeo("print", "--list", "--json").json["sheets"]}
    assert set(sheets) >= {"county", "township", "circles", "gaps", "siting", "boundary-line"}
    assert sheets["county"]["scales"] == {"A3": 180_000, "A1": 80_000, "A0": 60_000}
    assert sheets["boundary-line"]["scales"]["A3"] is None
    said = xygeo("print", "--list").out
    assert "A3 1:180,000" in said
    assert "比例尺按范围取" in said


def test_one_drawing_is_written_in_every_format(surveyed, tmp_path):
    out = [tmp_path / f"图.{kind}" for kind in ("pdf", "svg", "png")]
    words = [word for path in out for word in ("--out", path)]
    body = xygeo("print", "circles", *words, "--dpi", "72", "--json", data=surveyed).json
    assert body["files"] == [str(path) for path in out]
    page = pypdfium2.PdfDocument(out[0].read_bytes())[0]
    assert [mm * 25.4 / 72 for mm in page.get_size()] == pytest.approx([420, 297], abs=0.05)
    text = page.get_textpage().get_text_bounded()
    svg = out[1].read_text("utf-8")
    for placed in body["placed"]:
        assert placed["name"] in text
        assert placed["name"] in svg
    with Image.open(BytesIO(out[2].read_bytes())) as picture:
        assert picture.size == (1191, 842)


def test_json_tells_all_there_is_to_know(surveyed, tmp_path):
    words = ("--out", tmp_path / "a.svg", "--crosses", "--json")
    body = xygeo("print", "circles", *words, data=surveyed).json
    assert set(body) >= {
        "sheet", "paper", "scale", "mode", "files", "placed", "unplaced", "clashes", "fonts",
        "quality", "convergence_deg", "extent", "frame_mm", "data_hash", "warnings", "crosses",
    }  # fmt: skip
    assert body["mode"] == "internal"
    assert body["quality"] == "surveyed"
    assert {"layer", "id", "name", "x_mm", "y_mm"} == set(body["placed"][0])
    assert [set(cross) for cross in body["crosses"]] == [{"e", "n"}] * 2
    west, south, east, north = body["extent"]
    assert (east - west) / body["scale"] * 1000 == pytest.approx(body["frame_mm"][2], abs=0.01)
    assert (north - south) / body["scale"] * 1000 == pytest.approx(body["frame_mm"][3], abs=0.01)


def test_dates_pins_and_graticule_are_taken(surveyed, tmp_path):
    pins = tmp_path / "pins.yaml"
    rows = [{"layer": "divisions", "id": TOWN, "x_mm": 80, "y_mm": 90}]
    pins.write_text(json.dumps(rows), encoding="utf-8")
    out = tmp_path / "a.svg"
    words = ("--pins", pins, "--date", "2026-12-31", "--as-of", "2026-10-01", "--graticule")
    body = xygeo("print", "circles", *words, "--out", out, "--json", data=surveyed).json
    (town,) = [placed for placed in body["placed"] if placed["id"] == TOWN]
    assert (town["x_mm"], town["y_mm"]) == (80, 90)
    svg = out.read_text("utf-8")
    assert "编制日期：2026年12月31日" in svg
    assert "区划时点：2026年10月1日" in svg
    assert "113°" in svg


def test_one_boundary_line_is_printed_by_its_id(boundary, tmp_path):
    words = ("--line", ID, "--out", tmp_path / "a.pdf", "--json")
    body = xygeo("print", "boundary-line", *words, data=boundary).json
    assert body["sheet"] == "boundary-line"
    numbers = [row["name"] for row in body["placed"] if row["layer"] == "boundary_markers"]
    assert sorted(numbers) == ["1", "2", "3"]


def test_an_unknown_line_is_refused(boundary):
    code, error = refused("boundary-line", "--line", "1-2", data=boundary)
    assert (code, error["code"]) == (1, "no_line")


def test_the_line_of_another_sheet_is_refused(surveyed):
    code, error = refused("circles", "--line", ID, data=surveyed)
    assert code == 1
    assert error["where"] == "line"


def test_an_unknown_sheet_is_wrong_use(surveyed):
    code, error = refused("nope", data=surveyed)
    assert (code, error["code"]) == (2, "unknown_sheet")


@pytest.mark.parametrize(
    "words", [("--publish", "secret"), ("--dpi", "5"), ("--out", "a.docx"), ("--date", "soon")]
)
def test_wrong_words_are_wrong_use(surveyed, words):
    assert xygeo("print", "circles", *words, data=surveyed).code == 2


def test_too_large_a_scale_names_the_largest(surveyed):
    code, error = refused("circles", "--scale", "1000", data=surveyed)
    assert (code, error["code"]) == (1, "scale_too_large")
    assert "1:" in error["message"]


@pytest.mark.parametrize("given", [(), NUMBER[:2], NUMBER[2:], ("--review-no", " ", *NUMBER[2:])])
def test_public_needs_number_and_approval(surveyed, given):
    code, error = refused("circles", "--publish", "public", *given, data=surveyed)
    assert (code, error["code"]) == (1, "public_needs_number")


def test_public_with_synthetic_rows_is_refused_row_by_row(rough, tmp_path):
    out = tmp_path / "a.pdf"
    words = ("--publish", "public", *NUMBER, "--out", out)
    code, error = refused("circles", *words, data=rough)
    assert (code, error["code"]) == (1, "public_not_allowed")
    for layer in ("divisions", "roads", "care_facilities", "elders"):
        assert f"{layer}/" in error["where"]
    assert f"divisions {TOWN} synthetic" in error["message"]
    assert not out.exists()
    assert not (rough / "accounts.sqlite").exists()


def test_public_markers_are_refused(boundary):
    words = ("--line", ID, "--publish", "public", *NUMBER)
    code, error = refused("boundary-line", *words, data=boundary)
    assert (code, error["code"]) == (1, "public_not_allowed")
    assert "界桩坐标" in error["message"]


def test_a_public_sheet_has_its_number_and_is_logged(fresh):
    out = fresh / "公开.svg"
    words = ("--publish", "public", *NUMBER, "--actor", "王工", "--role", "reviewer", "--out", out)
    body = xygeo("print", "circles", *words, "--json", data=fresh).json
    svg = out.read_text("utf-8")
    assert "审图号：晋S(2026)001号" in svg
    assert "批准文号：晋图审〔2026〕1号" in svg
    assert "内部用图" not in svg
    (entry,) = log_of(fresh)
    assert (entry.action, entry.actor, entry.role) == ("print_public", "王工", "reviewer")
    assert entry.detail["review_no"] == "晋S(2026)001号"
    assert entry.detail["data_hash"] == body["data_hash"]
    assert entry.detail["files"] == ["公开.svg"]


def test_what_cannot_be_logged_is_not_published(fresh):
    (fresh / "accounts.sqlite").mkdir()
    out = fresh / "a.pdf"
    answer = xygeo("print", "circles", "--publish", "public", *NUMBER, "--out", out, data=fresh)
    assert answer.code == 1
    assert not out.exists()


def test_a_number_of_other_content_is_refused(fresh):
    words = ("--publish", "public", *NUMBER, "--out", fresh / "a.svg")
    assert xygeo("print", "circles", *words, data=fresh).code == 0
    assert xygeo("print", "circles", *words, data=fresh).code == 0
    code, error = refused("circles", "--minutes", "30", *words, data=fresh)
    assert (code, error["code"]) == (1, "number_bound_elsewhere")
    code, error = refused("circles", "--paper", "A1", *words, data=fresh)
    assert error["code"] == "number_bound_elsewhere"


def test_review_leaves_the_number_blank(surveyed, tmp_path):
    out = tmp_path / "a.svg"
    words = ("--publish", "review", *NUMBER, "--out", out)
    body = xygeo("print", "circles", *words, "--json", data=surveyed).json
    svg = out.read_text("utf-8")
    assert "审图号：" in svg
    assert "001号" not in svg
    assert "内部用图" not in svg
    assert any("公开图" in warning for warning in body["warnings"])
    assert not (surveyed / "accounts.sqlite").exists()


def test_a_character_no_font_has_stops_review_and_warns_inside(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        fill(store, "surveyed")
        town = {**store.get("divisions", TOWN), "name": "\U0003fffd镇"}
        kept = ("code", "name", "level", "kind", "parent_code", "legal", "geometry")
        rows = [{name: town[name] for name in kept}]
        store.put("divisions", rows, actor=ACTOR, reason="测", merge=True)
    code, error = refused("circles", "--publish", "review", data=tmp_path)
    assert (code, error["code"]) == (1, "glyph_missing")
    inside = xygeo("print", "circles", "--json", data=tmp_path)
    assert inside.code == 0
    assert any("3FFFD" in warning for warning in inside.json["warnings"])


def test_an_empty_store_has_nothing_to_draw(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True):
        pass
    code, error = refused("county", data=tmp_path)
    assert (code, error["code"]) == (1, "nothing_to_draw")


@pytest.mark.parametrize("asked", [TOWN, "虒亭镇"])
def test_a_township_is_printed_by_code_or_name(surveyed, tmp_path, asked):
    file = tmp_path / "t.pdf"
    answer = xygeo(
        "print", "township", "--township", asked, "--out", str(file), "--json", data=surveyed
    )
    assert answer.code == 0
    assert answer.json["title"].startswith("虒亭镇")
    assert file.read_bytes().startswith(b"%PDF")


def test_a_township_s_sheet_says_which_township_it_lacks(surveyed):
    assert refused("township", data=surveyed)[1]["code"] == "needs_township"
    code, error = refused("township", "--township", "无此镇", data=surveyed)
    assert (code, error["code"]) == (1, "no_township")
    assert TOWN in error["message"]


def test_the_county_s_scale_is_refused_naming_the_largest_that_fits(surveyed):
    code, error = refused("county", "--scale", "2000", data=surveyed)
    assert (code, error["code"]) == (1, "scale_too_large")
    assert "最大可用 1:" in error["message"]
