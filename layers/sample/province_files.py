"""Brings the made-up province into a folder: a manifest, files a county, roads of all in one."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from layers.sample.province import SampleProvince, province_county
from layers.whole_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

__all__ = ["write_province"]

_CRS = "EPSG:4490"
_OWN_LAYERS = ("divisions", "care_facilities", "elders")
_MANIFEST = "province.json"


def write_province(
    folder: Path | str,
    province: SampleProvince | None = None,
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> Path:
    """Write the files of a province and the manifest that names them.

    Parameters
    ----------
    folder
        Made if there is none; files of the same names are replaced.
    province
        How large; None: 117 counties of 36 km.
    on_progress
        Called with 0..1 and Chinese words.

    Returns
    -------
    The manifest. `roads.parquet` holds the roads of all counties and is read by place; each county
    has a folder with its other layers.

    Raises
    ------
    OSError
        If the disk or the folder refuses.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import, for files of columns alone

    province = province or SampleProvince()
    tell = on_progress or (lambda _share, _words: None)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    with whole_file(folder / "roads.parquet") as part, ExitStack() as opened:
        writer: pq.ParquetWriter | None = None
        for number in range(1, province.counties + 1):
            county = province_county(province, number)
            tell((number - 1) / province.counties, county.name)
            _write_own(folder / county.code, county.layers)
            roads = _road_table(county.layers["roads"])
            if writer is None:
                writer = pq.ParquetWriter(part, roads.schema, compression="zstd")
                opened.enter_context(writer)
            writer.write_table(roads)  # a group of rows a county: what is far away is skipped
            own = {layer: f"{county.code}/{layer}.parquet" for layer in _OWN_LAYERS}
            listed.append({"code": county.code, "name": county.name, **own})
    manifest = folder / _MANIFEST
    body = {
        "name": f"示意省（种子 {province.seed}，示意数据 非法定）",
        "defaults": {"roads": "roads.parquet"},
        "counties": listed,
    }
    with whole_file(manifest) as part:
        part.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell(1.0, "示意省已写出")
    return manifest


def _write_own(folder: Path, layers: dict[str, list[dict[str, Any]]]) -> None:
    folder.mkdir(exist_ok=True)
    for layer in _OWN_LAYERS:
        frame = gpd.GeoDataFrame(layers[layer], geometry="geometry", crs=_CRS)
        with whole_file(folder / f"{layer}.parquet") as part:
            frame.to_parquet(part, index=False, compression="zstd")


def _road_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Columns of a county's roads with the box of each, so that a reader may skip the others.

    Source
    ------
    GeoParquet 1.1.0 (geoparquet.org): column `bbox` named as the covering.
    """
    import pyarrow as pa  # noqa: PLC0415

    shapes = np.array([row["geometry"] for row in rows], dtype=object)
    names = [name for name in rows[0] if name != "geometry"]
    columns: dict[str, Any] = {name: pa.array([row[name] for row in rows]) for name in names}
    columns["car_kmh"] = columns["car_kmh"].cast(pa.float64())
    sides = ("xmin", "ymin", "xmax", "ymax")
    box = shapely.bounds(shapes).reshape(-1, 4)
    columns["bbox"] = pa.StructArray.from_arrays([pa.array(side) for side in box.T], names=sides)
    columns["geometry"] = pa.array(shapely.to_wkb(shapes), pa.binary())
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["LineString"],
                "crs": pyproj.CRS(_CRS).to_json_dict(),
                "covering": {"bbox": {side: ["bbox", side] for side in sides}},
            }
        },
    }
    text = json.dumps(about, ensure_ascii=False, sort_keys=True)
    return pa.table(columns).replace_schema_metadata({"geo": text})
