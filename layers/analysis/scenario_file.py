"""A scenario file of the planner, JSON or YAML, to edits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from geo.errors import InputError
from layers.analysis.scenario_edits import read_edits

if TYPE_CHECKING:
    from layers.analysis.scenario_edits import ScenarioEdits

__all__ = ["SCENARIO_SUFFIXES", "read_scenario_file"]

SCENARIO_SUFFIXES: Final = (".json", ".yaml", ".yml")
"""Endings that are read."""

_MOST_BYTES: Final = 2 * 1024 * 1024


class _Loader(yaml.SafeLoader):
    """Plain values only: without aliases, a small file cannot grow into a huge one."""

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - as yaml has it
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


def read_scenario_file(path: str | Path) -> ScenarioEdits:
    """Read a scenario from a file.

    Parameters
    ----------
    path
        UTF-8; `.json`, `.yaml` or `.yml`, in the form of `layers.analysis.scenario_edits`.

    Returns
    -------
    The edits; without a name of its own it is called like the file.

    Raises
    ------
    InputError
        If the file is missing, too big, not UTF-8 or neither JSON nor YAML (`scenario_unreadable`),
        or what it says is not a scenario.
    """
    file = Path(path)
    data = _parsed(file)
    if isinstance(data, dict) and not data.get("name"):
        data = {**data, "name": file.stem}
    return read_edits(data)


def _parsed(file: Path) -> object:
    try:
        body = file.read_bytes()
    except OSError as error:
        raise _unreadable(file, "打不开，请核对路径和权限") from error
    if len(body) > _MOST_BYTES:
        raise _unreadable(file, "超过 2 MiB，请拆小")
    try:
        text = body.decode("utf-8-sig")
        if file.suffix.lower() == ".json":
            return json.loads(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except UnicodeDecodeError as error:
        raise _unreadable(file, "不是 UTF-8 编码，请另存为 UTF-8") from error
    except json.JSONDecodeError as error:
        raise _unreadable(file, f"第 {error.lineno} 行第 {error.colno} 列不合 JSON 格式") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark is not None else ""
        raise _unreadable(file, f"{line}不合 YAML 格式（不支持引用）") from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, "内容读不懂，请核对格式") from error


def _unreadable(file: Path, reason: str) -> InputError:
    return InputError(f"方案文件 {file} {reason}。", code="scenario_unreadable", where=str(file))
