"""Words of the command line as data of a case: `--set field=value`, or a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from layers.schema import Field

__all__ = ["case_data"]

_TRUE = {"是", "true", "yes", "1"}
_FALSE = {"否", "false", "no", "0"}
_SEPARATORS = str.maketrans("；;，,", "、、、、")


def case_data(
    words: Iterable[str], file: Path | None, fields: Mapping[str, Field]
) -> dict[str, Any]:
    """Read the data of a step.

    Parameters
    ----------
    words
        ``field=value`` each; the field by its name or Chinese title. They win over the file. Items
        of a list stand between 、; a nested value is JSON.
    file
        JSON or YAML with one mapping, or None.
    fields
        Of the form.

    Returns
    -------
    Field -> value as the form reads it. A value that is none of its field stays as it was written,
    so that the form refuses it by name.

    Raises
    ------
    UsageError
        If a word has no ``=``, or the file holds no mapping.
    """
    named = {title: name for name, field in fields.items() for title in (name, field.title)}
    data = {} if file is None else _read(file)
    data = {named.get(str(key), str(key)): value for key, value in data.items()}
    for name, value in data.items():
        if isinstance(value, str):  # 是 is a word to YAML and JSON, as it is on the command line
            data[name] = _value(fields.get(name), value)
    for word in words:
        key, sign, text = word.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"“{word}”应写成 字段=值，如 year=2024。", where="--set")
        name = named.get(key.strip(), key.strip())
        data[name] = _value(fields.get(name), text.strip())
    return data


def _value(field: Field | None, text: str) -> Any:  # noqa: ANN401 - whatever the field takes
    kind = "text" if field is None else field.type
    try:
        if kind in {"integer", "real"}:
            return int(text) if kind == "integer" else float(text)
        if kind == "json":
            return json.loads(text)
    except ValueError:
        return text
    if kind == "boolean":
        return text.lower() in _TRUE if text.lower() in _TRUE | _FALSE else text
    if kind == "list":
        return [item.strip() for item in text.translate(_SEPARATORS).split("、") if item.strip()]
    return text.replace("\\n", "\n") if field is not None and field.multiline else text


def _read(file: Path) -> dict[str, Any]:
    import yaml

    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"读不了 {file.name}，应为 UTF-8 的 JSON 或 YAML。", where="--file"
        ) from error
    if not isinstance(loaded, dict):
        raise UsageError(f"{file.name} 应是一组“字段: 值”。", where="--file")
    return loaded
