"""Photos: position checked, size and kind refused, nothing but the picture leaves the house."""

from __future__ import annotations

import io

import pytest
import shapely
from PIL import ExifTags, Image

from layers.cases import act, add_photo, case, history, open_case
from layers.cases.photos import MAX_BYTES
from layers.errors import Conflict, InvalidRecord, NotAllowed, NotFound
from layers.files import Files
from tests.layers.cases.conftest import CLERK, DAY, FIELD, RECORDS, REVIEWER, walk

PLACE = (113.0, 36.5)
NORTH_OF_IT = {50: (113.0, 36.50045), 3000: (113.0, 36.52704)}


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture
def field(inspection, county):
    """At the check of the markers; m1 has a place, m2 is known on paper alone."""
    row = county.get("boundary_markers", "m1")
    county.put("boundary_markers", [{**row, "geometry": shapely.Point(PLACE)}], actor=CLERK)
    return walk(county, inspection, FIELD)


def photo(place=None, *, kind="JPEG", size=(40, 20), **exif) -> bytes:
    """A picture, taken at lon, lat if given."""
    out = io.BytesIO()
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = "示意相机"
    if place is not None:
        tags[ExifTags.IFD.GPSInfo] = {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (int(place[1]), (place[1] % 1) * 60, 0.0),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (int(place[0]), (place[0] % 1) * 60, 0.0),
        }
    for tag, value in exif.items():
        tags[getattr(ExifTags.Base, tag)] = value
    Image.new("RGB", size, "red").save(out, kind, exif=tags)
    return out.getvalue()


def add(store, files, case, content, **shown):
    return add_photo(store, files, case.id, content, CLERK, on=DAY, **shown)


def test_photo_near_its_marker_has_no_warning(field, county, files):
    answer = add(county, files, field, photo(NORTH_OF_IT[50]), marker_id="m1")
    assert (answer.position, answer.warning) == ("near", "")
    assert answer.distance_m == pytest.approx(50, abs=1)
    assert answer.case.data["photos"][0]["marker_id"] == "m1"


def test_photo_taken_3_km_off_gets_a_warning_and_is_kept(field, county, files):
    answer = add(county, files, field, photo(NORTH_OF_IT[3000]), marker_id="m1")
    assert answer.position == "far"
    assert answer.warning == "拍摄位置距界桩或问题 3.0 公里，超过 100 米，请核对。"
    assert files.path(answer.file).exists()


def test_photo_without_position_says_so(field, county, files):
    answer = add(county, files, field, photo(), marker_id="m1")
    assert (answer.position, answer.distance_m) == ("none", None)
    assert "没有拍摄位置" in answer.warning


def test_photo_of_a_marker_on_paper_cannot_be_compared(field, county, files):
    assert add(county, files, field, photo(PLACE), marker_id="m2").position == "unplaced"


def test_kept_copy_has_no_position_no_camera_and_stands_upright(field, county, files):
    turned = photo(PLACE, Orientation=6)  # the camera lay on its side
    answer = add(county, files, field, turned, marker_id="m1")
    content = files.path(answer.file).read_bytes()
    with Image.open(io.BytesIO(content)) as kept:
        assert (dict(kept.getexif()), kept.size) == ({}, (20, 40))
    assert "示意相机".encode() not in content


def test_png_is_taken_too(field, county, files):
    assert add(county, files, field, photo(kind="PNG"), marker_id="m1").file.endswith(".png")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xd8" + b"0" * (40 * 2**20), "photo_too_large"),
        (b"", "photo_unreadable"),
        (b"%PDF-1.7 not a picture", "photo_unreadable"),
        (photo()[:-200], "photo_unreadable"),
        (photo(size=(8000, 7000)), "photo_too_many_pixels"),
        (photo(size=(14000, 14000), kind="PNG"), "photo_too_many_pixels"),
    ],
    ids=["40 MB", "empty", "a PDF", "cut off", "56 megapixels", "196 megapixels"],
)
def test_what_is_no_usable_picture_is_refused_and_changes_nothing(
    field, county, files, content, code
):
    with pytest.raises(InvalidRecord) as caught:
        add(county, files, field, content, marker_id="m1")
    assert caught.value.code == code
    assert case(county, field.id) == field
    assert not files.folder.exists()


def test_limit_is_20_mib():
    assert MAX_BYTES == 20_971_520


def test_damaged_position_counts_as_none(field, county, files):
    out = io.BytesIO()
    tags = Image.Exif()
    tags[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (36.0, 30.0),
    }
    Image.new("RGB", (9, 9)).save(out, "JPEG", exif=tags)
    assert add(county, files, field, out.getvalue(), marker_id="m1").position == "none"


def test_photo_must_show_something(field, county, files):
    with pytest.raises(InvalidRecord) as caught:
        add(county, files, field, photo())
    assert caught.value.code == "photo_of_what"


def test_photo_of_an_unknown_marker_is_refused(field, county, files):
    with pytest.raises(NotFound):
        add(county, files, field, photo(), marker_id="m9")


def test_photo_of_a_finding_is_compared_with_the_findings_place(field, county, files):
    walk(county, field, RECORDS)
    data = {
        "parent_id": field.id,
        "kind": "F09",
        "description": "示意",
        "at": {"lon": 113.0, "lat": 36.5},
    }
    finding = open_case(county, "finding", CLERK, data, on=DAY)
    assert add(county, files, finding, photo(PLACE)).position == "near"
    assert (
        add(county, files, field, photo(NORTH_OF_IT[3000]), finding_id=finding.id).position == "far"
    )


def test_photo_is_an_event_of_the_case(field, county, files):
    add(county, files, field, photo(), marker_id="m1")
    assert history(county, field.id)[-1]["title"] == "附一张照片"


def test_photo_is_the_clerks_and_only_while_there_is_something_to_see(inspection, county, files):
    with pytest.raises(Conflict):
        add(county, files, inspection, photo(), marker_id="m1")
    field = walk(county, inspection, FIELD)
    with pytest.raises(NotAllowed):
        add_photo(county, files, field.id, photo(), REVIEWER, on=DAY, marker_id="m1")


def test_photo_does_not_come_without_its_file(field, county):
    with pytest.raises(InvalidRecord) as caught:
        act(county, field.id, "add_photo", CLERK, {"file": "x.jpg"}, on=DAY)
    assert caught.value.code == "needs_upload"


def test_same_photo_twice_is_one_file_and_one_entry(field, county, files):
    first = add(county, files, field, photo(), marker_id="m1")
    second = add(county, files, field, photo(), marker_id="m1")
    assert first.file == second.file
    assert len(second.case.data["photos"]) == 1
