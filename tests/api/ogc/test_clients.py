"""Clients that people have, on the service as it runs: GDAL's driver and OWSLib."""

import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time

import pytest
import shapely
import uvicorn
from owslib.ogcapi.features import Features

from api.ogc.crs import CRS_URIS
from tests.conftest import lacking


@contextlib.contextmanager
def listening(app):
    """Serve an application on a free port; gives its address."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([bound],))
        thread.start()
        try:
            deadline = time.monotonic() + 20
            while not server.started and time.monotonic() < deadline:
                thread.join(0.01)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}/ogc"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def address(served):
    with listening(served.app) as found:
        yield found


@pytest.fixture
def ogr2ogr(address, tmp_path):
    """Copies a layer out of the service with GDAL; gives the features."""
    program = shutil.which("ogr2ogr")
    if program is None:
        lacking("ogr2ogr", "run `make system` as root")

    def copy(layer, *options):
        out = tmp_path / f"{layer}.geojson"
        words = ["-f", "GeoJSON", out, f"OAPIF:{address}", layer, "-oo", "PAGE_SIZE=1000", *options]
        done = subprocess.run(
            [program, *map(str, words)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(out.read_text())["features"]

    return copy


def public(served):
    return [one["id"] for one in served.get("/ogc/collections").json()["collections"]]


def test_gdal_reads_every_layer_by_pages(served, ogr2ogr):
    for layer in public(served):
        matched = served.get(f"/ogc/collections/{layer}/items?limit=1").json()["numberMatched"]
        copied = ogr2ogr(layer) if matched else []
        assert len(copied) == matched


def test_gdal_keeps_properties_places_and_filters(served, ogr2ogr):
    ours = {
        feature["id"]: feature
        for feature in served.get("/ogc/collections/care_facilities/items").json()["features"]
    }
    copied = ogr2ogr("care_facilities", "-lco", "COORDINATE_PRECISION=15")
    assert {feature["properties"]["name"] for feature in copied} == {
        feature["properties"]["name"] for feature in ours.values()
    }
    theirs = shapely.total_bounds([shapely.geometry.shape(f["geometry"]) for f in copied])
    mine = [shapely.geometry.shape(f["geometry"]) for f in ours.values()]
    assert theirs.tolist() == pytest.approx(shapely.total_bounds(mine).tolist(), abs=1e-9)
    stations = ogr2ogr("care_facilities", "-where", "kind = 'station'")
    assert {feature["properties"]["kind"] for feature in stations} == {"station"}
    assert len(stations) == 2
    boxed = ogr2ogr("roads", "-spat", 112.9, 36.4, 113.0, 36.5)
    box = "/ogc/collections/roads/items?limit=1&bbox=112.9,36.4,113.0,36.5"
    assert len(boxed) == served.get(box).json()["numberMatched"]


def test_owslib_reads_pages_filters_and_transforms_every_layer(served, address):
    client = Features(address)
    assert client.feature_collections() == public(served)
    assert any(name.endswith("conf/crs") for name in client.conformance()["conformsTo"])
    for layer in public(served):
        described = client.collection(layer)
        assert described["crs"] == list(CRS_URIS)
        assert client.collection_queryables(layer)["type"] == "object"
        found = client.collection_items(layer, limit=2)
        if not found["features"]:
            continue
        assert found["numberReturned"] == len(found["features"])
        first = found["features"][0]
        assert client.collection_item(layer, first["id"])["properties"] == first["properties"]
        west, south, east, north = described["extent"]["spatial"]["bbox"][0]
        boxed = client.collection_items(layer, bbox=[west, south, east, north], limit=1)
        assert (boxed["numberMatched"] > 0) is (first["geometry"] is not None)
        plane = client.collection_items(layer, crs=CRS_URIS[3], limit=1)["features"][0]["geometry"]
        if plane is not None:
            assert min(shapely.get_coordinates(shapely.geometry.shape(plane))[0]) > 300_000
    names = client.collection_items("care_facilities", filter="kind = 'station'")
    assert names["numberMatched"] == 2
    assert client.collection_items("care_facilities", kind="station")["numberMatched"] == 2
