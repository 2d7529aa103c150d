"""A new sheet is a YAML file; a subject is refused by sheets that do not use it."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from layers.analysis.question import CareQuestion
from tests.webmap.printing.build import division_picture
from webmap.printing import SheetError, load_recipe, recipe_names
from webmap.printing.compose import compose
from webmap.printing.pictures import PICTURES, Subject, picture_for


@pytest.fixture
def recipes(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "recipes"
    shutil.copytree(Path(str(files("webmap.printing"))) / "recipes", folder)
    monkeypatch.setattr("webmap.printing.recipe.files", lambda _: tmp_path)
    load_recipe.cache_clear()
    yield folder
    load_recipe.cache_clear()


def test_a_new_sheet_is_a_yaml_file_and_nothing_else(recipes):
    text = (recipes / "county.yaml").read_text("utf-8")
    new = text.replace("sheet: county", "sheet: roads-only").replace(
        "layers: [ground, roads, borders, units, facilities]", "layers: [ground, roads, borders]"
    )
    new = new.replace('title: "{county}行政区划与养老服务设施图"', 'title: "{county}道路图"')
    (recipes / "roads-only.yaml").write_text(new.replace("scale: 180000", "air: 3"), "utf-8")
    assert "roads-only" in recipe_names()
    sheet = compose(division_picture(), load_recipe("roads-only"))
    assert sheet.title == "示意县道路图"
    assert {item.layer for item in sheet.items} >= {"roads", "township", "legend"}
    assert "care_facilities" not in {item.layer for item in sheet.items}


def test_a_recipe_with_an_unknown_or_missing_word_is_refused(recipes):
    text = (recipes / "county.yaml").read_text("utf-8")
    (recipes / "odd.yaml").write_text(text.replace("extent: county", "extend: county"), "utf-8")
    with pytest.raises(SheetError, match="extent、extend"):
        load_recipe("odd")


@pytest.mark.parametrize(
    ("word", "old", "new"),
    [("extent", "extent: county", "extent: moon"), ("blocks", "[divisions,", "[moon,")],
)
def test_an_unknown_extent_or_block_lists_those_there_are(recipes, word, old, new):
    text = (recipes / "county.yaml").read_text("utf-8").replace(old, new)
    (recipes / "odd.yaml").write_text(text, "utf-8")
    with pytest.raises(SheetError, match=r"moon.*可用") as caught:
        compose(division_picture(), load_recipe("odd"))
    assert caught.value.code == "recipe"
    assert word in str(caught.value)


def test_every_recipe_names_a_picture_that_there_is():
    assert {load_recipe(name).picture for name in recipe_names()} <= PICTURES.keys()


@pytest.mark.parametrize(
    ("sheet", "word"), [("county", "township"), ("circles", "scenario"), ("gaps", "line")]
)
def test_a_subject_that_a_sheet_does_not_use_is_refused(sheet, word):
    subject = Subject(question=CareQuestion(), **{word: "x"})
    with pytest.raises(SheetError, match=f"不用 --{word}"):
        picture_for(None, load_recipe(sheet), subject)


def test_a_township_s_sheet_needs_its_township():
    with pytest.raises(SheetError, match="--township") as caught:
        picture_for(None, load_recipe("township"), Subject(question=CareQuestion()))
    assert caught.value.code == "needs_township"
