import pytest

from api.ogc.negotiation import DOCUMENT, FEATURES, GEOJSON, HTML, JSON, negotiate
from api.problems import Refused

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "format"),
    [
        ([], JSON),
        ([""], JSON),
        (["*/*"], JSON),
        (["application/*"], JSON),
        ([BROWSER], HTML),
        (["text/html;q=0.5, application/json;q=0.9"], JSON),
        (["TEXT/HTML"], HTML),
        (["image/png", "text/html"], HTML),
        (["application/json;q=0, */*"], HTML),
        (["text/*;q=0.3, */*;q=0.2"], HTML),
    ],
)
def test_the_header_chooses_where_no_parameter_does(accept, format):
    assert negotiate(DOCUMENT, None, accept) is format


def test_the_parameter_beats_the_header():
    assert negotiate(DOCUMENT, "json", [BROWSER]) is JSON
    assert negotiate(DOCUMENT, "html", ["application/json"]) is HTML


@pytest.mark.parametrize("media", ["application/json", "application/geo+json", "*/*"])
def test_features_are_geojson_by_either_name(media):
    assert negotiate(FEATURES, None, [media]) is GEOJSON


def test_files_can_be_had_by_name_and_by_type():
    assert negotiate(FEATURES, "csv").suffix == ".csv"
    assert negotiate(FEATURES, None, ["application/geopackage+sqlite3"]).name == "gpkg"


@pytest.mark.parametrize("f", ["", "JSON", "shp", "xml"])
def test_an_unknown_format_is_400(f):
    with pytest.raises(Refused) as refused:
        negotiate(DOCUMENT, f, ["text/html"])
    assert (refused.value.status, refused.value.where) == (400, "f")


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "*/*;q=0", "text/html;q=x"])
def test_nothing_acceptable_is_406(accept):
    with pytest.raises(Refused) as refused:
        negotiate(DOCUMENT, None, [accept])
    assert refused.value.status == 406
