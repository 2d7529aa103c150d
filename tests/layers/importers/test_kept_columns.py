from __future__ import annotations

import pytest

from layers.importers import import_file
from layers.importers.kept_columns import keep_columns, kept_columns
from layers.store import Actor
from tests.layers.importers.files import CLERK, warnings, write_text

CARE = "care_facilities"
TEXT = "机构,种类,张数\n甲,station,30\n"
MAP = {"机构": "name", "种类": "类型", "张数": "beds"}


def care(store, tmp_path, text=TEXT, **options):
    path = write_text(tmp_path, "in.csv", text)
    return import_file(store, CARE, path, actor=options.pop("actor", CLERK), **options)


def test_a_mapping_is_kept_for_the_same_headings_in_any_order(store, tmp_path):
    assert "kept_columns" not in care(store, tmp_path, mapping=MAP).to_json()
    report = care(store, tmp_path, "张数,机构,种类\n40,甲,station\n")
    assert (report.changed, report.findings) == (1, ())
    assert report.to_json()["kept_columns"] == {"张数": "beds", "机构": "name", "种类": "kind"}
    assert store.find(CARE)[0]["beds"] == 40


def test_the_same_file_again_makes_no_event(store, tmp_path):
    care(store, tmp_path, mapping=MAP)
    head = store.head()
    assert care(store, tmp_path).unchanged == 1
    assert care(store, tmp_path, mapping=MAP).unchanged == 1
    assert store.head() == head


def test_what_is_said_anew_wins_and_is_kept(store, tmp_path):
    care(store, tmp_path, mapping=MAP)
    report = care(store, tmp_path, mapping={"张数": "day_places"})
    assert report.kept_columns == {"机构": "name", "种类": "kind"}
    care(store, tmp_path, "机构,种类,张数\n乙,station,7\n")
    rows = {row["name"]: (row["beds"], row["day_places"]) for row in store.find(CARE)}
    assert rows == {"甲": (30, 30), "乙": (None, 7)}


def test_a_field_said_anew_leaves_its_old_column(store, tmp_path):
    text = "机构,种类,张数,量\n甲,station,30,31\n"
    care(store, tmp_path, text, mapping=MAP)
    report = care(store, tmp_path, text, mapping={"量": "beds"})
    assert report.kept_columns == {"机构": "name", "种类": "kind"}
    assert warnings(report) == [(1, "张数", "I02")]
    assert store.find(CARE)[0]["beds"] == 31


@pytest.mark.parametrize("options", [{"dry_run": True}, {"quality": "surveyed"}])
def test_an_import_that_stores_nothing_keeps_nothing(store, tmp_path, options):
    care(store, tmp_path, mapping=MAP, **options)
    assert care(store, tmp_path).failed


def test_other_headings_and_other_layers_do_not_use_it(store, tmp_path):
    care(store, tmp_path, mapping=MAP)
    schema = store.schema(CARE)
    assert kept_columns(store, schema, ["机构", "种类"], {}) == {}
    assert kept_columns(store, store.schema("elders"), ["机构", "种类", "张数"], {}) == {}


def test_a_field_that_the_layer_lost_is_passed_over(store):
    schema = store.schema(CARE)
    columns = {"甲": "name", "乙": "gone", "丙": "lon"}
    keep_columns(store, schema, list(columns), columns, actor=Actor("x"))
    assert kept_columns(store, schema, ["甲", "乙", "丙"], {}) == {"甲": "name", "丙": "lon"}
