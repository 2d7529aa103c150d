"""`xygeo check divisions`: how the divisions fit together, stored ones or those of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from api.cli.session import Session
    from layers.topology import DivisionFinding

__all__ = ["check_division_fit"]

_NEEDED = ("code", "name", "level", "parent_code")
_SHOWN = 20
_LEVELS = {"error": "错误", "warning": "提示"}


def check_division_fit(
    session: Session, file: Path | None, *, crs: str | None = None, repairs: Path | None = None
) -> None:
    """Answer with the findings T01-T08; exit 1 if there are any. Nothing is changed.

    Parameters
    ----------
    session
        This call.
    file
        What is looked at instead of the store, which is then not needed.
    crs
        Of the file's coordinates, over what it says.
    repairs
        Where to write proposals, if anywhere.

    Raises
    ------
    typer.Exit
        With 1 if there are findings.
    """
    from layers.topology import check_divisions

    divisions = _stored(session) if file is None else _read(file, crs)
    findings = check_divisions(divisions)
    body = {
        "layer": "divisions",
        "checked": len(divisions),
        "findings": [finding.to_json() for finding in findings],
    }
    lines = _lines(len(divisions), findings)
    if repairs is not None:
        lines.append(_propose(divisions, findings, repairs))
    session.answer(body, lines)
    if findings:
        raise typer.Exit(1)


def _propose(divisions: gpd.GeoDataFrame, findings: list[DivisionFinding], path: Path) -> str:
    from layers.topology_repairs import repair_rows, write_repairs

    rows = repair_rows(divisions, findings)
    write_repairs(rows, path)
    return (
        f"修复方案 {len(rows)} 个，已写入 {path}；请在 GIS 软件中对照，每处只留一个方案，"
        "再用 xygeo import divisions 导入。"
    )


def _stored(session: Session) -> gpd.GeoDataFrame:
    from layers.store import read_frame

    with session.store() as store:
        return read_frame(store, "divisions")


def _read(file: Path, crs: str | None) -> gpd.GeoDataFrame:
    from layers.importers.reading import read_file
    from layers.schema import layer_schema

    return read_file(file, layer_schema("divisions"), needed=_NEEDED, crs=crs)


def _lines(checked: int, findings: list[DivisionFinding]) -> list[str]:
    verdict = f"{len(findings)} 处问题" if findings else "没有缝隙、重叠、越界和代码矛盾"
    lines = [f"行政区划 divisions：查 {checked} 行，{verdict}"]
    lines += [
        f"  {_LEVELS[finding.level]} {finding.code} {finding.message}"
        for finding in findings[:_SHOWN]
    ]
    if len(findings) > _SHOWN:
        lines.append(f"  ……共 {len(findings)} 处；加 --json 看全部。")
    return lines
