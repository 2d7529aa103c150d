"""Files as clerks bring them, into a real store."""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely

from geo.errors import InputError
from layers.importers import import_file
from layers.store import Actor
from tests.layers.importers.files import (
    CLERK,
    REVIEWER,
    codes,
    point,
    put_county,
    warnings,
    write_features,
    write_text,
)

CARE = "care_facilities"
GOOD = "名称,类型,乡镇代码,床位,经度,纬度\n府前驿站,养老服务驿站,140423100000,30,113.03,36.53\n"


def care(store, path, **options):
    return import_file(store, CARE, path, actor=options.pop("actor", CLERK), **options)


def care_csv(store, tmp_path, text, **options):
    return care(store, write_text(tmp_path, "in.csv", text), **options)


def nothing_stored(store, layer=CARE):
    return store.count(layer) == 0 and not list(store.changes(layer=layer))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_a_chinese_csv_is_read_in_every_encoding(store, tmp_path, encoding):
    report = care(store, write_text(tmp_path, "in.csv", GOOD, encoding))
    assert (report.stored, report.findings) == (1, ())
    row = store.find(CARE)[0]
    assert (row["name"], row["kind"], row["beds"]) == ("府前驿站", "station", 30)
    assert shapely.equals(row["geometry"], shapely.Point(113.03, 36.53))
    assert (row["quality"], row["source"]) == ("approximate", "in.csv")


def test_the_same_file_again_changes_nothing_and_makes_no_event(store, tmp_path):
    care_csv(store, tmp_path, GOOD)
    head = store.head()
    report = care_csv(store, tmp_path, GOOD)
    assert report.to_json() == {
        "stored": 0,
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "findings": [],
    }
    assert store.head() == head


def test_a_row_is_recognised_by_name_kind_and_township(store, tmp_path):
    care_csv(store, tmp_path, GOOD)
    report = care_csv(store, tmp_path, GOOD.replace(",30,", ",40,"))
    assert (report.new, report.changed) == (0, 1)
    assert [row["beds"] for row in store.find(CARE)] == [40]


def test_columns_that_the_file_leaves_out_keep_their_values(store, tmp_path):
    care_csv(store, tmp_path, GOOD)
    care_csv(store, tmp_path, "名称,类型,乡镇代码,运营方\n府前驿站,station,140423100000,示意公司\n")
    row = store.find(CARE)[0]
    assert (row["beds"], row["operator"]) == (30, "示意公司")
    assert row["geometry"] is not None


def test_a_dry_run_counts_and_writes_nothing(store, tmp_path):
    report = care_csv(store, tmp_path, GOOD, dry_run=True)
    assert (report.stored, report.new, report.failed) == (0, 1, False)
    assert nothing_stored(store)


def test_one_error_keeps_the_whole_file_out(store, tmp_path):
    report = care_csv(store, tmp_path, GOOD + "示意站,station,140423100000,三十,113.1,36.5\n")
    assert codes(report) == [(3, "beds", "I04")]
    assert report.failed
    assert (report.stored, report.new) == (0, 0)
    assert nothing_stored(store)


def test_warnings_do_not_stop_an_import(store, tmp_path):
    report = care_csv(store, tmp_path, "name,kind,colour\n甲,station,red\n")
    assert (report.stored, report.failed) == (1, False)
    assert warnings(report) == [(1, "colour", "I02")]


def test_every_fault_of_a_file_is_named_at_once(store, tmp_path):
    text = "name,kind,beds,opened\n,station,x,2023.13.45\n乙,医院,-1,2020-01-01\n"
    assert sorted(codes(care_csv(store, tmp_path, text))) == [
        (2, "beds", "I04"),
        (2, "name", "I03"),
        (2, "opened", "I04"),
        (3, "beds", "I06"),
        (3, "kind", "I05"),
    ]


def test_swapped_axes_are_found(store, tmp_path):
    report = care_csv(store, tmp_path, "name,kind,经度,纬度\n甲,station,36.53,113.03\n")
    assert codes(report) == [(2, "geometry", "I13")]
    assert "经纬度似乎写反了" in report.findings[0].message


def test_swapped_axes_are_found_outside_china_too_once_there_are_roads(store, tmp_path):
    line = {"type": "LineString", "coordinates": [[8.6, 49.4], [8.8, 49.5]]}
    path = write_features(tmp_path, {"highway": "村道", "geometry": line})
    import_file(store, "roads", path, actor=CLERK)
    text = "name,kind,lon,lat\n甲,station,8.7,49.4\n乙,station,49.4,8.7\n丙,station,20,20\n丁,,,\n"
    assert codes(care_csv(store, tmp_path, text)) == [(3, "geometry", "I13")]


def test_zero_zero_and_half_a_place_are_found(store, tmp_path):
    text = "name,kind,lon,lat\n甲,station,0,0\n乙,station,113,\n丙,station,113,x\n"
    assert codes(care_csv(store, tmp_path, text)) == [
        (2, "geometry", "I19"),
        (3, "lat", "I04"),
        (4, "lat", "I04"),
    ]


def test_a_refused_value_is_not_called_missing(store, tmp_path):
    text = "name,kind,lon,lat\n=A1,药店,36.5x,\n乙, ,113,36.5\n"
    report = care_csv(store, tmp_path, text)
    assert [(f.row, f.field, f.code) for f in report.findings] == [
        (2, "lon", "I04"),
        (2, "kind", "I05"),
        (2, "name", "I21"),
        (3, "kind", "I03"),
    ]


def test_metres_need_a_crs_and_are_transformed_with_one(store, tmp_path):
    text = "name,kind,lon,lat\n甲,station,413055.6,4044811.9\n"
    assert codes(care_csv(store, tmp_path, text)) == [(2, "geometry", "I11")]
    assert care_csv(store, tmp_path, text, crs="EPSG:4547").stored == 1
    place = store.find(CARE)[0]["geometry"]
    assert (round(place.x, 2), round(place.y, 2)) == (113.03, 36.53)


def test_web_mercator_files_are_transformed_on_the_way_in(store, tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    path = write_features(
        tmp_path,
        {"name": "甲", "kind": "station", "geometry": point(12582442.0, 4374478.0)},
        crs=crs,
    )
    assert care(store, path).stored == 1
    place = store.find(CARE)[0]["geometry"]
    assert (round(place.x, 3), round(place.y, 3)) == (113.03, 36.535)


@pytest.mark.parametrize("crs", ["EPSG:2412", "EPSG:4214", "EPSG:4610", "EPSG:999999", "随便"])
def test_old_datums_and_unknown_crs_are_refused(store, tmp_path, crs):
    report = care_csv(store, tmp_path, GOOD, crs=crs)
    assert codes(report) == [(None, None, "I12")]
    assert nothing_stored(store)


def test_far_from_the_county_is_a_warning_and_very_far_an_error(store, tmp_path):
    put_county(store)
    text = "name,kind,lon,lat\n近,station,113.21,36.5\n远,station,113.24,36.5\n{}"
    report = care_csv(store, tmp_path, text.format(""))
    assert (report.stored, warnings(report)) == (2, [(3, "geometry", "I15")])
    report = care_csv(store, tmp_path, text.format("海德堡,station,8.7,49.4\n"))
    assert codes(report) == [(4, "geometry", "I15")]


def test_a_store_without_divisions_has_no_county(store, tmp_path):
    text = "name,kind,township_code,lon,lat\n海德堡,station,140423999000,8.7,49.4\n"
    report = care_csv(store, tmp_path, text)
    assert (report.stored, report.findings) == (1, ())


def test_facilities_stored_before_the_divisions_import_again_unchanged(store, tmp_path):
    text = "name,kind,township_code,lon,lat\n甲,station,140423999000,8.7,49.4\n"
    care_csv(store, tmp_path, text)
    put_county(store)
    assert care_csv(store, tmp_path, text).unchanged == 1
    assert codes(care_csv(store, tmp_path, text.replace("8.7", "8.8"))) == [(2, "geometry", "I15")]


def test_a_division_that_is_not_there_is_an_error(store, tmp_path):
    put_county(store)
    text = "name,kind,township_code,village_code\n甲,station,140423999000,140423100001\n"
    assert codes(care_csv(store, tmp_path, text)) == [(2, "township_code", "I09")]


def test_a_later_row_may_bring_the_parent(store, tmp_path):
    put_county(store)
    text = (
        "code,name,level,kind,parent_code,legal\n"
        "140423101001,甲村,village,village,140423101000,是\n"
        "140423101000,甲镇,township,township,140423000000,是\n"
    )
    path = write_text(tmp_path, "d.csv", text)
    assert import_file(store, "divisions", path, actor=CLERK).stored == 2
    orphan = text.splitlines()[0] + "\n140423102001,乙村,village,village,140423102000,1\n"
    report = import_file(store, "divisions", write_text(tmp_path, "e.csv", orphan), actor=CLERK)
    assert codes(report) == [(2, "parent_code", "I09")]


def test_a_county_needs_no_parent_but_a_village_does(store, tmp_path):
    text = "code,name,level,kind,legal\n140423000000,襄垣县,county,county,1\n"
    path = write_text(tmp_path, "d.csv", text)
    assert import_file(store, "divisions", path, actor=CLERK).stored == 1
    text += "140423100001,甲村,village,village,1\n"
    report = import_file(store, "divisions", write_text(tmp_path, "d.csv", text), actor=CLERK)
    assert codes(report) == [(3, "parent_code", "I03")]


def test_a_code_may_have_a_past_period(store, tmp_path):
    text = (
        "code,name,level,kind,parent_code,legal,valid_from,valid_to\n"
        "140423101222,红星村,village,village,140423101000,1,2020-01-01,\n"
        "140423101222,岭后村,village,village,140423101000,1,,2020-01-01\n"
    )
    path = write_text(tmp_path, "d.csv", text)
    assert import_file(store, "divisions", path, actor=CLERK).stored == 2
    assert import_file(store, "divisions", path, actor=CLERK).unchanged == 2
    ids = {row["id"] for row in store.find("divisions")}
    assert ids == {"140423101222", "140423101222@2020-01-01"}


def test_each_row_of_a_double_key_is_named(store, tmp_path):
    text = "village_code,year,population\n{0},2020,9\n{0},2020,8\n{0},2020,7\n"
    path = write_text(tmp_path, "e.csv", text.format("140423100001"))
    report = import_file(store, "elders", path, actor=CLERK)
    assert codes(report) == [
        (2, "village_code", "I07"),
        (3, "village_code", "I07"),
        (4, "village_code", "I07"),
    ]
    assert nothing_stored(store, "elders")


def test_an_exact_double_is_its_own_finding(store, tmp_path):
    row = "甲,station,140423100000\n"
    report = care_csv(store, tmp_path, "name,kind,township_code\n" + row + row)
    assert codes(report) == [(3, None, "I22")]


def test_two_stored_facilities_of_one_name_need_an_id(store, tmp_path):
    store.put(
        CARE, [{"name": "甲", "kind": "station"}, {"name": "甲", "kind": "station"}], actor=CLERK
    )
    assert codes(care_csv(store, tmp_path, "name,kind\n甲,station\n")) == [(2, "name", "I07")]


def test_counts_must_fit_together(store, tmp_path):
    text = "village_code,year,population,age60,age80\n140423100001,2020,100,20,30\n"
    report = import_file(store, "elders", write_text(tmp_path, "e.csv", text), actor=CLERK)
    assert codes(report) == [(2, "age80", "I06")]
    assert "80岁及以上不大于60岁及以上" in report.findings[0].message


def test_a_rule_is_checked_against_stored_values_too(store, tmp_path):
    care_csv(store, tmp_path, GOOD)
    text = "名称,类型,乡镇代码,护理床位\n\n府前驿站,station,140423100000,31\n"
    report = care_csv(store, tmp_path, text)
    assert codes(report) == [(3, "care_beds", "I06")]
    assert "第 3 行" in report.findings[0].message


def test_zero_elders_are_elders(store, tmp_path):
    text = (
        "village_code,year,population,age60,age65,age70,age80,alone,disabled\n"
        "140423100001,2020,0,0,0,0,0,0,0\n"
    )
    assert (
        import_file(store, "elders", write_text(tmp_path, "e.csv", text), actor=CLERK).stored == 1
    )


@pytest.mark.parametrize("value", ["11010519491231002X", "电话13812345678"])
def test_a_persons_number_is_refused_and_not_repeated(store, tmp_path, value):
    report = care_csv(store, tmp_path, f"name,kind,note\n甲,station,{value}\n")
    assert codes(report) == [(2, "note", "I18")]
    assert value not in str(report.to_json())
    assert nothing_stored(store)


def test_a_persons_column_is_refused(store, tmp_path):
    assert codes(care_csv(store, tmp_path, "name,kind,联系人\n甲,station,某人\n")) == [
        (1, "联系人", "I18")
    ]


def test_only_a_reviewer_with_a_reason_raises_quality(store, tmp_path):
    text = "name,kind,精度等级\n甲,station,实测\n"
    assert codes(care_csv(store, tmp_path, text)) == [(2, "quality", "I23")]
    assert codes(care_csv(store, tmp_path, text, actor=REVIEWER)) == [(2, "quality", "I23")]
    assert care_csv(store, tmp_path, text, actor=REVIEWER, reason="2024 年实测").stored == 1
    assert care_csv(store, tmp_path, "name,kind\n甲,station\n").unchanged == 1
    assert care_csv(store, tmp_path, text).unchanged == 1
    assert care_csv(store, tmp_path, text.replace("实测", "示意")).changed == 1
    assert codes(care_csv(store, tmp_path, text.replace("实测", "近似"))) == [(2, "quality", "I23")]


def test_quality_and_source_of_the_whole_file_fill_what_rows_leave_out(store, tmp_path):
    text = "name,kind,source\n甲,station,民政局\n乙,station,\n"
    care_csv(store, tmp_path, text, quality="synthetic", source="示意")
    assert [(r["quality"], r["source"]) for r in store.find(CARE)] == [
        ("synthetic", "民政局"),
        ("synthetic", "示意"),
    ]
    with pytest.raises(InputError):
        care_csv(store, tmp_path, text, quality="good")


def test_a_new_file_does_not_take_a_rows_source_away(store, tmp_path):
    care(store, write_text(tmp_path, "first.csv", GOOD))
    care(store, write_text(tmp_path, "second.csv", GOOD.replace(",30,", ",31,")))
    assert store.find(CARE)[0]["source"] == "first.csv"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("in.csv", b""),
        ("in.csv", "名称,床位\n".encode()),
        ("in.csv", b"PK\x03\x04rest"),
        ("in.csv", b"name\n\xff\xff\n"),
        ("in.geojson", b""),
        ("in.geojson", b'{"type": "FeatureCollection", "features": [{"type":'),
        ("in.geojson", b'{"type": "Topology"}'),
        ("in.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("in.geojson", b"[" * 100_000),
        ("in.gpkg", b""),
        ("in.gpkg", b"SQLite format 3\x00" + b"\x00" * 200),
        ("in.gpkg", b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 2000),
        ("in.gpkg", b"nothing of the kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_finding(store, tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    report = care(store, path)
    assert {code for _, _, code in codes(report)} <= {"I01", "I03"}
    assert report.failed
    assert nothing_stored(store)


def test_a_missing_file_and_an_unknown_ending_are_wrong_use(store, tmp_path):
    with pytest.raises(InputError) as caught:
        care(store, tmp_path / "no.csv")
    assert caught.value.code == "file_missing"
    with pytest.raises(InputError) as caught:
        care(store, write_text(tmp_path, "a.docx", "x"))
    assert caught.value.code == "format_unknown"


def test_geojson_faults_name_the_feature(store, tmp_path):
    ring = [[113, 36], [113.1, 36.1], [113.1, 36], [113, 36.1], [113, 36]]
    base = {"level": "county", "kind": "county", "legal": True, "name": "甲"}
    path = write_features(
        tmp_path,
        base | {"code": "140423000000", "geometry": {"type": "Polygon", "coordinates": [ring]}},
        base
        | {"code": "140424000000", "geometry": {"type": "Polygon", "coordinates": [ring[:-1]]}},
        base | {"code": "140425000000", "geometry": {"type": "LineString", "coordinates": ring}},
        base | {"code": "140426000000", "geometry": {"type": "Point", "coordinates": ["a", 1]}},
        base | {"code": "140427000000", "geometry": {"type": "Point", "coordinates": [1e999, 1]}},
    )
    report = import_file(store, "divisions", path, actor=CLERK)
    assert codes(report) == [(row, "geometry", "I16") for row in (1, 2, 3, 4, 5)]
    messages = [finding.message for finding in report.findings]
    assert "边界自相交" in messages[0]
    assert "环没有闭合" in messages[1]
    assert "应为 Polygon" in messages[2]
    assert "不是有限的数" in messages[4]


def test_wkt_in_csv_is_checked_too(store, tmp_path):
    shapes = ("POINT (113.03 36.53)", "POINT (nan 36)", "POINT(", "")
    text = "name,kind,wkt\n" + "".join(f"站{i},station,{s}\n" for i, s in enumerate(shapes))
    assert codes(care_csv(store, tmp_path, text)) == [
        (3, "geometry", "I16"),
        (4, "geometry", "I16"),
    ]


def test_heights_are_dropped_with_a_warning(store, tmp_path):
    shape = {"type": "Point", "coordinates": [113.03, 36.53, 900.5]}
    path = write_features(tmp_path, {"name": "甲", "kind": "station", "geometry": shape})
    report = care(store, path)
    assert (report.stored, warnings(report)) == (1, [(1, "geometry", "I16")])


def test_a_geopackage_of_another_crs_is_transformed(store, tmp_path):
    path = tmp_path / "in.gpkg"
    _gpkg(path, "care_facilities", [(413055.6, 4044811.9)], "EPSG:4547")
    assert care(store, path).stored == 1
    place = store.find(CARE)[0]["geometry"]
    assert (round(place.x, 2), round(place.y, 2)) == (113.03, 36.53)


def test_a_geopackage_in_xian_80_is_refused(store, tmp_path):
    path = tmp_path / "in.gpkg"
    _gpkg(path, "care_facilities", [(413055.6, 4044811.9)], "EPSG:2382")
    assert codes(care(store, path)) == [(None, None, "I12")]


def test_of_several_layers_the_right_one_or_the_asked_one_is_read(store, tmp_path):
    path = tmp_path / "in.gpkg"
    _gpkg(path, "other", [(113.0, 36.5)] * 3, "EPSG:4490")
    _gpkg(path, "third", [(113.0, 36.5)], "EPSG:4490", append=True)
    report = care(store, path)
    assert codes(report) == [(None, None, "I01")]
    assert "other、third" in report.findings[0].message
    assert care(store, path, sheet="third").stored == 1


def test_an_import_is_one_transaction_of_its_actor(store, tmp_path):
    care_csv(store, tmp_path, GOOD + "乙,station,,1,,\n", actor=Actor("王"), reason="季报")
    events = list(store.changes(layer=CARE))
    assert len({event.txn for event in events}) == 1
    assert {(event.actor, event.reason) for event in events} == {("王", "季报")}


def test_progress_ends_at_one(store, tmp_path):
    told = []
    care_csv(store, tmp_path, GOOD, on_progress=lambda share, words: told.append((share, words)))
    assert told[-1] == (1.0, "已检查 1 行")


def _gpkg(path, layer, places, crs, *, append=False):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points(places)),
        [np.array([f"站{i}" for i in range(len(places))]), np.array(["station"] * len(places))],
        ["name", "kind"],
        layer=layer,
        driver="GPKG",
        crs=crs,
        geometry_type="Point",
        append=append,
    )


def test_a_double_is_named_as_people_know_it(store, tmp_path):
    report = care_csv(store, tmp_path, "name,kind,beds\n甲,station,1\n甲,station,2\n")
    assert [finding.value for finding in report.findings] == ["甲、养老服务驿站"] * 2
