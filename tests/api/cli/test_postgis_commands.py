"""Every command works on a PostGIS store named by `XYGEO_STORE`, and a county moves there."""

from __future__ import annotations

import json

import pytest

from tests.calling import xygeo


@pytest.mark.slow
@pytest.mark.postgis
def test_the_usual_commands_work_and_leave_no_file_store(postgis, monkeypatch, tmp_path):
    monkeypatch.setenv("XYGEO_STORE", postgis.database("cli"))
    made = xygeo("init", "--sample", "--json", data=tmp_path).json
    assert made["store"].startswith("cli（")
    assert made["layers"]["divisions"] == 407
    file = tmp_path / "new.csv"
    file.write_text("名称,经度,纬度,床位\n示意站,113.02,36.53,20\n", encoding="utf-8")
    done = xygeo("import", "care_facilities", str(file), "--json", data=tmp_path).json
    assert done["new"] == 1
    out = tmp_path / "out.geojson"
    xygeo("export", "care_facilities", str(out), data=tmp_path)
    names = [f["properties"]["name"] for f in json.loads(out.read_text("utf-8"))["features"]]
    assert "示意站" in names
    gaps = xygeo("gaps", "--json", data=tmp_path)
    assert (gaps.code, "示意数据" in gaps.out) == (0, True)
    versions = xygeo("history", "divisions", "140423000000", "--json", data=tmp_path).json
    assert len(versions["versions"]) == 1
    report = xygeo("verify", "--json", data=tmp_path).json
    assert report["ok"], report["findings"]
    assert (tmp_path / "anchors.jsonl").exists()
    assert not (tmp_path / "county.gpkg").exists()
    assert xygeo("backup", tmp_path / "b.zip", data=tmp_path).code == 0


@pytest.mark.postgis
def test_a_county_is_migrated_and_served_from_there(postgis, monkeypatch, tmp_path):
    xygeo("init", data=tmp_path)
    url = postgis.database("cli_target")
    file = f"gpkg:{tmp_path / 'county.gpkg'}"
    report = xygeo("migrate", file, url, "--json", data=tmp_path).json
    assert report["target"].startswith("cli_target（")
    assert report["events"] == 0
    monkeypatch.setenv("XYGEO_STORE", url)
    assert xygeo("verify", "--json", data=tmp_path).json["ok"]
    again = xygeo("migrate", url, url, data=tmp_path)
    assert again.code == 1
    assert "同一个" in again.err


def test_a_server_that_is_down_is_one_sentence_without_the_password(monkeypatch, tmp_path):
    monkeypatch.setenv("XYGEO_STORE", "postgresql://li:s3cr3t@127.0.0.1:1/county")
    told = xygeo("verify", data=tmp_path)
    assert told.code == 1
    assert "连不上" in told.err
    assert "s3cr3t" not in told.out + told.err
