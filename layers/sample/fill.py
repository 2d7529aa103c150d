"""Brings the sample county into a store or into files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely.geometry import mapping

from layers.errors import Conflict
from layers.sample.cases import fill_cases
from layers.sample.rows import SAMPLE_LAYERS, sample_rows
from layers.schema import layer_schema
from layers.store import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.store import Store

__all__ = ["SAMPLE_ACTOR", "fill_sample", "require_sample", "write_sample_files"]

SAMPLE_ACTOR = Actor("示意数据")
"""Who wrote the sample county into a store: no person."""

_TITLES = {
    "divisions": "示意政区",
    "care_facilities": "示意养老设施",
    "elders": "示意老年人口",
    "roads": "示意道路",
    "boundary_lines": "界线",
    "boundary_markers": "示意界桩",
}


def fill_sample(
    store: Store, *, seed: int = 7, on_progress: Callable[[float, str], None] | None = None
) -> None:
    """Fill an empty store with the sample county, all of it or nothing.

    Open the store with `clock=SAMPLE_CLOCK`: its events, and with them the date on every sheet,
    are then the same on every run.

    Parameters
    ----------
    store
        A store that nothing was ever written to.
    seed
        The county's seed; the same seed gives the same county on every machine.
    on_progress
        Told the share done, 0 to 1, and what is being done.

    Raises
    ------
    Conflict
        If something was written before (``store_not_empty``).
    InputError
        If no county can be laid out with this seed (``sample_seed``).
    """
    tell = on_progress or (lambda _share, _words: None)
    with store.batch(SAMPLE_ACTOR, f"示意县，种子 {seed}") as batch:
        if batch.head().seq != 0:  # asked inside: nobody else writes between question and answer
            raise Conflict(
                "数据库里已有数据，示意县只能装入空库，请用 --data 指定另一个文件夹。",
                code="store_not_empty",
            )
        for done, layer in enumerate(SAMPLE_LAYERS):
            tell(done / len(SAMPLE_LAYERS), _TITLES[layer])
            batch.put(layer, sample_rows(layer, seed=seed), actor=SAMPLE_ACTOR)
        fill_cases(batch)
    tell(1.0, "示意县已装入")


def require_sample(store: Store) -> None:
    """Refuse a store that does not start with the sample county.

    Parameters
    ----------
    store
        Any store.

    Raises
    ------
    Conflict
        If its first row was written by somebody else (``not_the_sample``).
    """
    first = next(iter(store.changes(limit=1)), None)
    if first is None or first.actor != SAMPLE_ACTOR.name:
        raise Conflict(
            "数据库里不是示意县，请用 --data 指定另一个文件夹，或用 xygeo gaps 分析现有数据。",
            code="not_the_sample",
        )


def write_sample_files(folder: Path | str, *, seed: int = 7) -> list[Path]:
    """Write one canonical GeoJSON a layer: sorted keys, rows by id, six decimals, LF.

    Parameters
    ----------
    folder
        Made if there is none; files of the same names are replaced.
    seed
        The county's seed.

    Returns
    -------
    The files, one a layer; the same bytes on every run and every machine.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = []
    for layer in SAMPLE_LAYERS:
        path = Path(folder) / f"{layer}.geojson"
        path.write_bytes(_geojson(layer, sample_rows(layer, seed=seed)).encode("utf-8"))
        paths.append(path)
    return paths


def _geojson(layer: str, rows: list[dict[str, Any]]) -> str:
    fields = [field.name for field in layer_schema(layer).fields.values() if not field.derived]
    lines = [_line(row, fields) for row in rows]
    return (
        '{"features": [\n' + ",\n".join(lines) + f'\n], "name": "{layer}", '
        '"type": "FeatureCollection"}\n'
    )


def _line(row: dict[str, Any], fields: list[str]) -> str:
    geometry = row["geometry"]
    feature = {
        "type": "Feature",
        "id": row["id"],
        "geometry": None if geometry is None else mapping(geometry),
        "properties": {name: _plain(row.get(name)) for name in fields},
    }
    return json.dumps(feature, ensure_ascii=False, sort_keys=True)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
