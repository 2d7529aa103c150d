"""The list of counties of one run: where each one's data are and what is asked of it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from geo.errors import InputError, PlatformError
from layers.analysis.question import CareQuestion
from layers.errors import InvalidRecord, NotFound
from layers.findings import Finding
from layers.system_errors import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OWN_LAYERS", "CountyTask", "Manifest", "read_manifest"]

OWN_LAYERS = ("care_facilities", "elders", "divisions")
"""Layers that a county without a store names files for; `divisions` may be left out."""

_PATHS = ("store", "roads", *OWN_LAYERS)
_QUESTION = tuple(field.name for field in fields(CareQuestion))
_COLUMNS = ("code", "name", *_PATHS, *_QUESTION)
_DEFAULTS = ("roads", *_QUESTION)
_TOP = ("name", "defaults", "counties")
_CODE = re.compile(r"[0-9]{6}")
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class CountyTask:
    """What a worker is sent: paths and parameters, never data.

    Attributes
    ----------
    code, name
        Six digits and what people call the county.
    question
        What is asked of it.
    store
        File of its store; None: its layers are files.
    roads
        Roads that reach over its border, a GeoParquet file or a store that may hold many
        counties' roads: read by place. None: those of its own store.
    care_facilities, elders, divisions
        GeoParquet files of the layers; used instead of the store's where both are given.
    """

    code: str
    name: str
    question: CareQuestion
    store: Path | None = None
    roads: Path | None = None
    care_facilities: Path | None = None
    elders: Path | None = None
    divisions: Path | None = None


@dataclass(frozen=True)
class Manifest:
    """The counties of a run, by code."""

    name: str
    counties: tuple[CountyTask, ...]


def read_manifest(path: Path | str, *, override: Mapping[str, Any] | None = None) -> Manifest:
    """Read a list of counties: YAML, JSON or csv (`docs/data-formats.md`).

    Parameters
    ----------
    path
        The file; paths in it are relative to its folder.
    override
        Parameters of the question that go before the file's own, such as ``{"minutes": 10}``.

    Returns
    -------
    The counties in the order of their codes, whatever the order in the file. Whether their files
    are there is for the workers to find out: a missing one is its county's fault alone.

    Raises
    ------
    InvalidRecord
        `manifest_invalid`: a county is named wrongly; `findings` say where, all at once.
    NotFound
        `manifest_missing`.
    """
    file = Path(path)
    name, defaults, rows, first = _parsed(file, _text(file))
    findings: list[Finding] = []
    tasks: dict[str, CountyTask] = {}
    for number, row in enumerate(rows, start=first):
        try:
            task = _task({**defaults, **row, **(override or {})}, file.absolute().parent)
        except PlatformError as error:
            findings.append(Finding(number, error.where, None, "M01", f"第 {number} 行：{error}"))
            continue
        if task.code in tasks:
            twice = f"第 {number} 行：县代码 {task.code} 出现了两次，请合并或删去一行。"
            findings.append(Finding(number, "code", task.code, "M01", twice))
        tasks[task.code] = task
    if not rows:
        findings.append(Finding(None, "counties", None, "M02", "没有列出任何县。"))
    if findings:
        _refuse(file, findings)
    return Manifest(name or file.stem, tuple(tasks[code] for code in sorted(tasks)))


def _refuse(file: Path, findings: list[Finding]) -> NoReturn:
    """Refuse the list, naming the first faults.

    Raises
    ------
    InvalidRecord
        `manifest_invalid`.
    """
    words = "".join(finding.message for finding in findings[:_SHOWN])
    more = f"……共 {len(findings)} 处。" if len(findings) > _SHOWN else ""
    raise InvalidRecord(
        f"县清单 {file.name} 有错，没有开始计算：{words}{more}",
        code="manifest_invalid",
        where=file.name,
        findings=findings,
    )


def _text(file: Path) -> str:
    """Read the file: UTF-8, else GBK as Chinese sheet programs write it.

    Raises
    ------
    InvalidRecord
        `manifest_invalid` if it is neither.
    NotFound
        `manifest_missing`.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise NotFound(
            f"县清单 {file} 打不开（{reason(error)}），请检查路径。",
            code="manifest_missing",
            where=str(file),
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    _refuse(file, [Finding(None, None, None, "M02", "编码无法识别，请另存为 UTF-8。")])


def _parsed(file: Path, text: str) -> tuple[str, dict[str, Any], list[dict[str, Any]], int]:
    """Give name, defaults, the rows, and the number of the first.

    Raises
    ------
    InvalidRecord
        `manifest_invalid` if the file has another form.
    """
    if file.suffix.lower() == ".csv":
        return "", {}, _csv_rows(file, text), 2
    try:
        body = json.loads(text) if file.suffix.lower() == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        at = getattr(error, "lineno", None) or (None if line is None else line + 1)
        said = f"第 {at} 行写法不对" if at else "写法不对"
        kind = "JSON" if file.suffix.lower() == ".json" else "YAML"
        wrong = Finding(at, None, None, "M02", f"{said}，读不成 {kind}。")
        _refuse(file, [wrong])
    faults = _shape_faults(body)
    if faults:
        _refuse(file, [Finding(None, None, None, "M02", fault) for fault in faults])
    return str(body.get("name") or ""), dict(body.get("defaults") or {}), body["counties"], 1


def _shape_faults(body: object) -> list[str]:
    if not isinstance(body, dict) or not isinstance(body.get("counties"), list):
        return ["应有 counties，一个县一项。"]
    faults = [f"不认识“{key}”，可写：{'、'.join(_TOP)}。" for key in body if key not in _TOP]
    defaults = body.get("defaults") or {}
    if not isinstance(defaults, dict):
        return [*faults, "defaults 应是名称和值。"]
    faults += [
        f"defaults 里不认识“{key}”，可写：{'、'.join(_DEFAULTS)}。"
        for key in defaults
        if key not in _DEFAULTS
    ]
    faults += [
        f"counties 第 {number} 项应是名称和值。"
        for number, row in enumerate(body["counties"], start=1)
        if not isinstance(row, dict)
    ]
    return faults


def _csv_rows(file: Path, text: str) -> list[dict[str, Any]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        _refuse(file, [Finding(None, None, None, "M02", "csv 写法不对。")])
    if any(None in row for row in rows):
        _refuse(file, [Finding(None, None, None, "M02", "有一行的格数多于表头。")])
    return [
        {key.strip(): value.strip() for key, value in row.items() if value and value.strip()}
        for row in rows
        if any(row.values())
    ]


def _task(row: Mapping[str, Any], folder: Path) -> CountyTask:
    """Make the task of one row.

    Raises
    ------
    InputError
        If a column is unknown, something is missing, or a value is none of those offered.
    """
    unknown = [str(key) for key in row if key not in _COLUMNS]
    if unknown:
        raise InputError(f"不认识“{unknown[0]}”，可写：{'、'.join(_COLUMNS)}。", where=unknown[0])
    code = str(row.get("code", ""))
    if not _CODE.fullmatch(code):
        raise InputError(f"县代码“{code}”不是 6 位数字。", where="code")
    paths = {name: _path(row[name], folder, name) for name in _PATHS if row.get(name)}
    store = paths.get("store")
    if store is not None and store.suffix.lower() != ".gpkg":
        paths["store"] = store / "county.gpkg"
    lacking = [name for name in ("care_facilities", "elders", "roads") if name not in paths]
    if store is None and lacking:
        raise InputError(
            f"县 {code} 没有 store，也没有 {lacking[0]}，请写出文件。", where=lacking[0]
        )
    return CountyTask(
        code=code, name=str(row.get("name") or code), question=_question(row), **paths
    )


def _path(value: object, folder: Path, name: str) -> Path:
    """Take a path to its place beside the manifest.

    Raises
    ------
    InputError
        If it is no text.
    """
    if not isinstance(value, str) or "\0" in value:
        raise InputError(f"{name} 应是文件路径，不是“{value}”。", where=name)
    return folder / value


def _question(row: Mapping[str, Any]) -> CareQuestion:
    """Make the question of one row.

    Raises
    ------
    InputError
        If a value is none of those offered.
    """
    given = {name: row[name] for name in _QUESTION if row.get(name) not in (None, "")}
    if "minutes" in given:
        try:
            given["minutes"] = float(given["minutes"])
        except (TypeError, ValueError) as error:
            raise InputError(f"时限“{given['minutes']}”不是数。", where="minutes") from error
    if "kinds" in given:
        kinds = given["kinds"]
        parts = re.split(r"[,，、;；\s]+", kinds) if isinstance(kinds, str) else kinds
        given["kinds"] = tuple(str(kind) for kind in parts if kind)
    if "as_of" in given and not isinstance(given["as_of"], date):
        try:
            given["as_of"] = date.fromisoformat(str(given["as_of"]))
        except ValueError as error:
            raise InputError(f"日期“{given['as_of']}”应写成 2020-06-30。", where="as_of") from error
    for name in ("mode", "age", "direction", "by"):
        if name in given:
            given[name] = str(given[name])
    return CareQuestion(**given)
