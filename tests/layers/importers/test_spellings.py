"""Pinyin of imported names: I10."""

from __future__ import annotations

import pytest

from layers.exporters import export_layer
from layers.importers import import_file
from tests.layers.importers.files import CLERK, codes, write_text

NAMES = "name,kind,pinyin_tone\n"
UNITS = "code,name,level,kind,parent_code,legal,pinyin\n"


def place_names(store, tmp_path, *lines, head=NAMES):
    path = write_text(tmp_path, "n.csv", head + "".join(f"{line}\n" for line in lines))
    return import_file(store, "place_names", path, actor=CLERK)


@pytest.mark.parametrize(
    "line",
    [
        "长治路,street,Chángzhì Lù",
        "善福村,committee_seat,Shànfúcūn",
        "西安村,committee_seat,Xī'āncūn",
        "仙堂山,natural,Xiāntáng Shān",
        "无名沟,natural,",
    ],
)
def test_a_right_spelling_is_stored(store, tmp_path, line):
    report = place_names(store, tmp_path, line)
    assert (report.new, codes(report)) == (1, [])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("长治路,street,Běijīng Lù", "不是这几个字的读音，请核对"),
        ("长治路,street,Changzhi Lu", "没有标声调"),
        ("长治路,street,Chángzhìlù", "应写作 Chángzhì Lù"),
        ("善福村,committee_seat,Shànfú Cūn", "应写作 Shànfúcūn"),
        ("西安村,committee_seat,Xīāncūn", "应写作 Xī'āncūn"),
        ("长治路,street,chángzhì lù", "应写作 Chángzhì Lù"),
    ],
)
def test_a_wrong_spelling_keeps_the_file_out(store, tmp_path, line, words):
    report = place_names(store, tmp_path, "仙堂山,natural,Xiāntáng Shān", line)
    assert codes(report) == [(3, "pinyin_tone", "I10")]
    assert words in report.findings[-1].message
    assert store.count("place_names") == 0


def test_divisions_are_checked_as_divisions(store, tmp_path):
    county = "140423000000,襄垣县,county,county,,true,Xiāngyuán Xiàn\n"
    town = "140423105000,虒亭镇,township,township,140423000000,true,{}\n"
    path = write_text(tmp_path, "d.csv", UNITS + county + town.format("Chángzhì Zhèn"))
    report = import_file(store, "divisions", path, actor=CLERK)
    assert (codes(report), report.failed) == ([(3, "pinyin", "I10")], True)
    path = write_text(tmp_path, "d.csv", UNITS + county + town.format("Sītíng Zhèn"))
    assert import_file(store, "divisions", path, actor=CLERK).new == 2


def test_a_spelling_that_is_stored_already_is_not_judged_anew(store, tmp_path):
    store.put("place_names", [{"name": "长治路", "pinyin_tone": "Běijīng"}], actor=CLERK)
    path = tmp_path / "out.geojson"
    export_layer(store, "place_names", path)
    report = import_file(store, "place_names", path, actor=CLERK)
    assert (report.unchanged, codes(report)) == (1, [])


@pytest.mark.parametrize(
    ("pinyin", "words"),
    [
        ("Siting Zhen", "没有标声调"),
        ("SITINGZHEN", "没有标声调"),
        ("Sītíngzhèn", "应写作 Sītíng Zhèn"),
    ],
)
def test_a_register_without_tone_marks_is_stored_with_a_warning(store, tmp_path, pinyin, words):
    county = "140423000000,襄垣县,county,county,,true,\n"
    town = f"140423105000,虒亭镇,township,township,140423000000,true,{pinyin}\n"
    path = write_text(tmp_path, "d.csv", UNITS + county + town)
    report = import_file(store, "divisions", path, actor=CLERK)
    (finding,) = report.findings
    assert (finding.code, finding.level, report.new) == ("I10", "warning", 2)
    assert words in finding.message
    assert import_file(store, "divisions", path, actor=CLERK).findings == ()
