import pytest
from jinja2 import UndefinedError

from api.ogc.html import cell, render, stylesheet
from layers.schema import layer_schema

FIELDS = {**layer_schema("care_facilities").fields, **layer_schema("divisions").fields}
COMMON = {"root": "/ogc", "trail": [], "notice": "", "attributions": (), "json": "x"}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("kind", "village", "村"), ("kind", "unheard", "unheard"), ("legal", True, "是"),
        ("legal", False, "否"), ("services", ["助餐", "助洁"], "助餐、助洁"), ("beds", 0, "0"),
        ("floor_area_m2", 120.50, "120.5"), ("note", None, ""),
        ("opened", "2024-06-30", "2024-06-30"),
    ],
)  # fmt: skip
def test_cells_say_what_people_say(name, value, text):
    assert cell(FIELDS[name], value) == text


def test_all_text_is_escaped():
    page = render("conformance", title='<i>"', classes=["<script>"], **COMMON).decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<title>&lt;i&gt;&#34;</title>" in page


def test_a_forgotten_value_is_a_fault():
    with pytest.raises(UndefinedError):
        render("conformance", title="x", **COMMON)


def test_the_stylesheet_loads_nothing():
    assert b"url(" not in stylesheet()
    assert b"@import" not in stylesheet()
