from datetime import date

import pytest

from api.ogc.caching import (
    cache_headers,
    feature_etag,
    is_current,
    layer_etag,
    version_in_etag,
)
from api.ogc.negotiation import GEOJSON, HTML
from api.ogc.visibility import view_of
from layers.schema import layer_schema
from layers.store import Head

TODAY = date(2026, 11, 25)
HEAD = Head(7, "ab" * 32, None)


def view(layer="roads", role="viewer"):
    return view_of(layer_schema(layer), role)


def test_a_layers_tag_changes_with_head_role_format_and_where_it_matters_the_day():
    tags = {
        layer_etag(HEAD, view(), GEOJSON, TODAY),
        layer_etag(Head(8, "cd" * 32, None), view(), GEOJSON, TODAY),
        layer_etag(HEAD, view(role="clerk"), GEOJSON, TODAY),
        layer_etag(HEAD, view(), HTML, TODAY),
        layer_etag(HEAD, view("divisions"), GEOJSON, TODAY),
        layer_etag(HEAD, view("divisions"), GEOJSON, date(2026, 11, 26)),
        layer_etag(HEAD, view("elders", "clerk"), GEOJSON, TODAY),
        layer_etag(HEAD, view("elders", "planner"), GEOJSON, TODAY),
    }
    assert len(tags) == 8
    later = layer_etag(HEAD, view(), GEOJSON, date(2026, 11, 26))
    assert later in tags
    assert all(tag.startswith('W/"') for tag in tags)


def test_a_features_tag_begins_with_its_version():
    tag = feature_etag(12, view(), GEOJSON, "4547")
    assert tag == '"12-v.json.4547"'
    assert version_in_etag(tag) == version_in_etag(f"W/{tag}") == 12


@pytest.mark.parametrize(
    ("tag", "version"),
    [('"3"', 3), ('W/"3"', 3), ("3", None), ('"x"', None), ('"3 "', None), ("*", None)],
)
def test_only_our_own_tags_hold_a_version(tag, version):
    assert version_in_etag(tag) == version


@pytest.mark.parametrize("sent", ['W/"a-b"', '"a-b"', '"x", W/"a-b" , "y"', "*"])
def test_a_client_has_what_one_of_its_tags_names(sent):
    assert is_current('W/"a-b"', sent)


@pytest.mark.parametrize("sent", [None, "", '"a"', "a-b", '"a-b-c"'])
def test_a_client_without_the_tag_has_it_not(sent):
    assert not is_current('W/"a-b"', sent)


def test_what_differs_by_role_is_kept_by_nobody():
    kept = {
        layer: cache_headers(view(layer, "clerk"), '"t"')["Cache-Control"]
        for layer in ("elders", "inspections", "findings", "boundary_markers", "place_names")
    }
    assert set(kept.values()) == {"private, no-store"}
    others = cache_headers(view(), '"t"')
    assert others == {
        "Cache-Control": "no-cache", "ETag": '"t"', "Vary": "Accept, Accept-Encoding"
    }  # fmt: skip
