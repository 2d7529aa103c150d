"""Pins from files and mappings."""

from pathlib import Path

import pytest

from webmap.printing.errors import SheetError
from webmap.printing.pins import Pin, read_pins

PIN = {"layer": "divisions", "id": "140423104000", "x_mm": 100, "y_mm": 50.5}


def test_a_yaml_file_gives_pins(tmp_path: Path):
    file = tmp_path / "pins.yaml"
    file.write_text('- {layer: divisions, id: "140423104000", x_mm: 100, y_mm: 50.5}\n')
    assert read_pins(file) == (Pin("divisions", "140423104000", 100.0, 50.5),)


def test_mappings_and_pins_are_taken_as_they_are():
    (pin,) = read_pins([PIN])
    assert read_pins([pin]) == (pin,)
    assert pin.to_json() == PIN
    assert read_pins(None) == ()


@pytest.mark.parametrize("broken", ["x_mm", "id"])
def test_an_entry_without_a_part_names_its_number(broken):
    row = {k: v for k, v in PIN.items() if k != broken}
    with pytest.raises(SheetError, match="第 2 项"):
        read_pins([PIN, row])


@pytest.mark.parametrize("value", ["far", float("nan"), None])
def test_a_place_that_is_no_number_is_refused(value):
    with pytest.raises(SheetError, match="第 1 项"):
        read_pins([{**PIN, "x_mm": value}])


@pytest.mark.parametrize("text", ["a: 1\n", "- [1, 2]\n", "{", "\u0000"])
def test_another_file_is_refused(tmp_path: Path, text):
    file = tmp_path / "pins.yaml"
    file.write_text(text)
    with pytest.raises(SheetError, match="pins"):
        read_pins(file)


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(SheetError, match=r"none\.yaml"):
        read_pins(tmp_path / "none.yaml")
