"""Commands over layers: init, import, export, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.division_check import check_division_fit
from api.cli.name_check import check_names
from api.cli.options import ActorName, AsOf, Data, Full, Json, Reason, Role, parse_date
from api.cli.outputs import place_for, require_outputs
from api.cli.session import actor, start
from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.cli.session import Session
    from layers.exporters import ExportReport
    from layers.importers import ImportReport
    from layers.store import Store
    from layers.validate import Finding

__all__ = ["check", "export_file", "import_layer", "init", "register"]

_SHOWN_FINDINGS = 20
_LEVELS = {"error": "错误", "warning": "提示"}

Layer = Annotated[str, typer.Argument(metavar="LAYER", help="图层，如 care_facilities")]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("init")(init)
    app.command("import")(import_layer)
    app.command("export")(export_file)
    app.command("check")(check)


def init(
    sample: Annotated[bool, typer.Option("--sample", help="装入示意县数据（非法定）")] = False,
    seed: Annotated[int, typer.Option("--seed", help="示意数据的种子", min=0)] = 7,
    files: Annotated[
        Path | None, typer.Option("--files", metavar="DIR", help="同时写出各层 GeoJSON")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """新建数据库；--sample 装入示意县。"""
    from layers.store import store_name

    session = start(data, as_json=as_json)
    written: list[str] = []
    if sample:
        from layers.sample import SAMPLE_CLOCK, fill_sample, write_sample_files

        if files is not None:
            files.mkdir(parents=True, exist_ok=True)  # refused before the store is filled
        with (
            session.progress() as progress,
            session.store(create=True, clock=SAMPLE_CLOCK) as store,
        ):
            fill_sample(store, seed=seed, on_progress=progress)
            layers = _counts(store)
        if files is not None:
            written = [str(path) for path in write_sample_files(files, seed=seed)]
    else:
        if files is not None:
            raise UsageError("--files 只与 --sample 同用。", where="--files")
        with session.store(create=True) as store:
            layers = _counts(store)
    body = {
        "store": store_name(session.settings.store_url),
        "layers": layers,
        "files": written,
        "sample": sample,
    }
    text = [f"数据库：{body['store']}"]
    text += [f"  {name}：{count} 行" for name, count in layers.items()]
    if sample:
        text.append("以上位置、道路和人数均为示意数据 非法定。")
    session.answer(body, text)


def import_layer(
    layer: Layer,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="xlsx、csv、shp 的 zip、geojson、gpkg、fgb、parquet 或 .osm.pbf"
        ),
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="列名=字段", help="列名对应，可重复，下次沿用"),
    ] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="文件没写坐标系时说明，如 EPSG:4547、GCJ-02")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="S", help="文件里的工作表、shp 或图层名")
    ] = None,
    quality: Annotated[
        str | None, typer.Option("--quality", help="精度等级：synthetic approximate surveyed")
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="来源（默认文件名）")] = None,
    node_lines: Annotated[
        bool, typer.Option("--node-lines", help="道路线在交叉处打断连通")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不入库")] = False,
    actor_name: ActorName = None,
    role: Role = "clerk",
    reason: Reason = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """把文件导入图层；有一处错误就一行也不入库。"""
    from layers.importers import import_file

    session = start(data, as_json=as_json)
    columns = _mapping(mapping)
    with session.progress() as progress, session.store() as store:
        report = import_file(
            store,
            layer,
            file,
            actor=actor(actor_name, role),
            mapping=columns,
            crs=crs,
            sheet=sheet,
            dry_run=dry_run,
            quality=quality,
            source=source,
            node_lines=node_lines,
            reason=reason,
            on_progress=progress,
        )
    session.answer(report.to_json(), _import_text(report, dry_run=dry_run))
    if report.failed:
        raise typer.Exit(1)


def export_file(
    layer: Layer,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="xlsx、csv、docx、gpkg、geojson、fgb、parquet、shp.zip 或 jsonld"
        ),
    ],
    as_of: AsOf = None,
    full: Full = False,
    actor_name: ActorName = None,
    role: Role = "clerk",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """把图层导出为文件；1–4 人的小数默认隐藏。"""
    from layers.exporters import SUFFIXES, export_layer

    session = start(data, as_json=as_json)
    require_outputs([file], sorted((*SUFFIXES, ".docx")), what="图层", where="FILE")
    day = parse_date(as_of, "--as-of")
    with session.progress() as progress, session.store() as store:
        if full:
            session.log_access(actor(actor_name, role), "export_full", {"layer": layer})
        if file.name.lower().endswith(".docx"):
            report = _export_paper(session, store, layer, file, day, full=full)
        else:
            report = export_layer(
                store, layer, place_for(file), at=day, full=full, on_progress=progress
            )
    body = report.to_json()
    lines = [f"已导出 {body['rows']} 行：{file}"]
    if body.get("suppressed"):
        lines.append(f"其中 {body['suppressed']} 个 1–4 人的小数已隐藏；需要全数请加 --full。")
    lines += report.notes
    if body.get("notice"):
        lines.append(str(body["notice"]))
    session.answer(body, lines)


def _export_paper(
    session: Session, store: Store, layer: str, file: Path, day: date | None, *, full: bool
) -> ExportReport:
    """Write a layer as a paper: for people to read, no import reads it back."""
    from layers.catalog import listed_schema
    from layers.exporters import ExportReport
    from layers.exporters.tables import stored_table
    from webmap.documents import write_layer

    listed_schema(store, layer)
    table = stored_table(store, layer, at=day, full=full)
    notes = write_layer(table, place_for(file), publisher=session.settings.publisher)
    return ExportReport(
        layer=layer,
        path=file,
        rows=table.count,
        suppressed=table.hidden_cells,
        provenance=table.provenance,
        notes=notes,
    )


def check(
    layer: Annotated[str | None, typer.Argument(metavar="[LAYER]", help="只查一层")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="只与 divisions 同用：查文件，不查数据库"),
    ] = None,
    crs: Annotated[
        str | None, typer.Option("--crs", help="与 --file 同用：文件没写坐标系时说明，如 EPSG:4547")
    ] = None,
    repairs: Annotated[
        Path | None,
        typer.Option("--repairs", metavar="FILE", help="只与 divisions 同用：写出修复方案 geojson"),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="只与 place_names 同用：查这个拟用名")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="与 --name 同用：地名类型")] = None,
    pinyin: Annotated[
        str | None, typer.Option("--pinyin", help="与 --name 同用：罗马字母拼写，带声调")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """检查已存数据：字段、编码、道路连通、是否接上路网。

    divisions 查缝隙、重叠、越界、代码矛盾；place_names 查重名、同音、用字、拼写。
    """
    from layers.analysis.readiness import check_layers

    session = start(data, as_json=as_json)
    if layer != "place_names" and any(option is not None for option in (name, kind, pinyin)):
        raise UsageError("--name、--kind、--pinyin 只与 check place_names 同用。", where="--name")
    given = {"--file": file, "--crs": crs, "--repairs": repairs}
    option = next((option for option, value in given.items() if value is not None), None)
    if layer != "divisions" and option is not None:
        raise UsageError(f"{option} 只与 check divisions 同用。", where=option)
    if layer == "divisions":
        if crs is not None and file is None:
            raise UsageError("--crs 只与 --file 同用。", where="--crs")
        check_division_fit(session, file, crs=crs, repairs=repairs)
        return
    if layer == "place_names":
        check_names(session, name, kind=kind, pinyin=pinyin)
        return
    with session.store() as store:
        reports = check_layers(store, layer)
    body = {"layers": [report.to_json() for report in reports]}
    lines = []
    for report in reports:
        verdict = f"{len(report.findings)} 处问题" if report.findings else "没有问题"
        lines.append(f"{report.title} {report.layer}：查 {report.checked} 行，{verdict}")
        lines += _finding_lines(report.findings)
    session.answer(body if layer is None else body["layers"][0], lines or ["数据库是空的。"])
    if any(report.findings for report in reports):
        raise typer.Exit(1)


def _counts(store: object) -> dict[str, int]:
    from layers.catalog import catalog

    return {entry.id: entry.count for entry in catalog(store)}  # type: ignore[arg-type]


def _mapping(pairs: Sequence[str] | None) -> dict[str, str] | None:
    """Read 列名=字段 pairs.

    Raises
    ------
    UsageError
        If a pair has no equals sign.
    """
    if not pairs:
        return None
    mapping = {}
    for pair in pairs:
        heading, equals, field = pair.partition("=")
        if not (equals and heading and field):
            raise UsageError(f"--map 应写成 列名=字段，不是“{pair}”。", where="--map")
        mapping[heading.strip()] = field.strip()
    return mapping


def _import_text(report: ImportReport, *, dry_run: bool) -> list[str]:
    body = report.to_json()
    if report.failed:
        head = "有错误，一行也没有入库："
    elif dry_run:
        head = f"试导入：将新增 {body['new']}、更改 {body['changed']}、不变 {body['unchanged']}。"
    else:
        head = f"已导入：新增 {body['new']}、更改 {body['changed']}、不变 {body['unchanged']}。"
    kept = "、".join(f"{heading}={name}" for heading, name in report.kept_columns.items())
    lines = [f"  沿用上次的列名对应：{kept}（用 --map 改）"] if kept else []
    return [head, *lines, *_finding_lines(report.findings)]


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    lines = [
        f"  {_LEVELS.get(finding.level, finding.level)} {finding.code} {finding.message}"
        for finding in findings[:_SHOWN_FINDINGS]
    ]
    if len(findings) > _SHOWN_FINDINGS:
        lines.append(f"  ……共 {len(findings)} 处；加 --json 看全部。")
    return lines
