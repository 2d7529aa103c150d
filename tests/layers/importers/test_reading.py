"""A file as a frame, without a store."""

from datetime import date

import pytest
import shapely

from geo.errors import InputError
from layers.errors import InvalidRecord
from layers.importers.reading import read_file
from layers.schema import layer_schema

DIVISIONS = layer_schema("divisions")


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "区划.csv"
        path.write_text(text, encoding)
        return path

    return write


def test_titles_are_fields_and_values_have_their_types(csv):
    path = csv(
        "区划代码,名称,级别,法定,有效期起,经度,纬度\n140423100000,古韩镇,乡级,是,2021-01-01,113,36.5\n",
        "gbk",
    )
    heading = DIVISIONS.fields["valid_from"].title
    path = csv(path.read_text("gbk").replace("有效期起", heading), "gbk")
    frame = read_file(path, DIVISIONS)
    row = frame.loc["140423100000"]
    assert (row["name"], row["level"], row["legal"]) == ("古韩镇", "township", True)
    assert row["valid_from"] == date(2021, 1, 1)
    assert row.geometry.equals(shapely.Point(113, 36.5))
    assert row["parent_code"] is None
    assert frame.crs == "EPSG:4490"


def test_rows_are_named_by_key_or_number_and_may_repeat(csv):
    frame = read_file(csv("code,name\n1,a\n1,b\n,c\n"), DIVISIONS)
    assert list(frame.index) == ["1", "1", "4"]
    assert list(frame.geometry) == [None, None, None]


def test_a_value_of_no_type_refuses_the_file(csv):
    with pytest.raises(InvalidRecord) as caught:
        read_file(csv("code,name,level\n140423100000,古韩镇,中级\n"), DIVISIONS)
    assert [finding.code for finding in caught.value.findings] == ["I05"]


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError) as caught:
        read_file(tmp_path / "none.csv", DIVISIONS)
    assert caught.value.code == "file_missing"


def test_a_needed_column_that_is_not_there_refuses_the_file(csv):
    with pytest.raises(InvalidRecord) as caught:
        read_file(csv("code,name\n140423100000,古韩镇\n"), DIVISIONS, needed=["level"])
    assert [finding.field for finding in caught.value.findings] == ["level"]
