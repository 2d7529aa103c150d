"""Bodies of requests: strict JSON, models, and forms with files."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from api.problems import Refused
from layers.errors import InvalidRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Body", "media_type", "read_json", "read_model", "require_media"]

Model = TypeVar("Model", bound=BaseModel)

_WORDS = {
    "missing": "缺少，请补上",
    "extra_forbidden": "没有这一项，请删去",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为数组",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "date_from_datetime_parsing": "应为日期，写作 2026-01-31",
    "date_parsing": "应为日期，写作 2026-01-31",
    "date_type": "应为日期，写作 2026-01-31",
    "string_too_short": "太短，至少 {min_length} 个字",
    "string_too_long": "太长，至多 {max_length} 个字",
    "too_short": "太少，至少 {min_length} 项",
    "too_long": "太多，至多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
    "string_pattern_mismatch": "的写法不对",
}


class Body(BaseModel):
    """A JSON object with no members but its own; children say which."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _FaultError(ValueError):
    """What JSON lets through and we do not."""


def media_type(header: str | None) -> str:
    """Give the media type of a Content-Type header, without parameters, in small letters.

    Parameters
    ----------
    header
        Its value; None: there is none.

    Returns
    -------
    Such as ``application/json``; "" where there is none.
    """
    return (header or "").partition(";")[0].strip().lower()


def require_media(header: str | None, allowed: tuple[str, ...]) -> str:
    """Refuse a body of another media type.

    Parameters
    ----------
    header
        Content-Type of the request.
    allowed
        Types that the operation takes.

    Returns
    -------
    The type.

    Raises
    ------
    Refused
        415 `media_type`.
    """
    given = media_type(header)
    if given not in allowed:
        raise Refused(
            415,
            f"内容类型（Content-Type）应为 {' 或 '.join(allowed)}，现为“{given[:80] or '空'}”。",
            code="media_type",
            where="Content-Type",
        )
    return given


def read_json(raw: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON strictly (RFC 8259, with unique names as I-JSON, RFC 7493, asks).

    Parameters
    ----------
    raw
        UTF-8.

    Returns
    -------
    The value.

    Raises
    ------
    Refused
        400 `bad_json`: not UTF-8, malformed, NaN or Infinity, a name twice, nested too deeply.
    """
    why: str
    cause: Exception
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        why, cause = "不是 UTF-8 编码", error
    except json.JSONDecodeError as error:
        why, cause = f"第 {error.lineno} 行第 {error.colno} 个字符处写法不对", error
    except RecursionError as error:
        why, cause = "嵌套过深", error
    except ValueError as error:
        why, cause = str(error) if isinstance(error, _FaultError) else "有过长的数字", error
    raise Refused(
        400, f"请求内容不是合格的 JSON：{why}。", code="bad_json", where="body"
    ) from cause


def read_model(model: type[Model], raw: bytes) -> Model:
    """Read a JSON object into a model.

    Parameters
    ----------
    model
        What the operation takes.
    raw
        The body.

    Returns
    -------
    The model.

    Raises
    ------
    InvalidRecord
        `invalid_body`, with a finding for every fault.
    """
    value = read_json(raw)
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except (ValidationError, UnicodeError) as error:
        faults = error.errors() if isinstance(error, ValidationError) else []
        findings = [
            {
                "row": None,
                "field": ".".join(map(str, fault["loc"])) or None,
                "value": None,
                "code": str(fault["type"]),
                "level": "error",
                "message": _sentence(fault),
            }
            for fault in faults
        ]
        first = (
            findings[0] if findings else {"field": None, "message": "内容含有不成对的代理字符。"}
        )
        raise InvalidRecord(
            str(first["message"]), code="invalid_body", where=first["field"], findings=findings
        ) from error


def _sentence(fault: Mapping[str, Any]) -> str:
    place = ".".join(map(str, fault["loc"])) or "请求内容"
    words = _WORDS.get(fault["type"])
    if words is None:
        # A validator of ours speaks Chinese already; pydantic puts its own words before it.
        own = str(fault.get("ctx", {}).get("error", ""))
        return own or f"“{place}”的值不对，请按接口说明（/docs）改正。"
    return f"“{place}”{words.format_map(fault.get('ctx', {}))}。"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _FaultError(f"名称“{twice[:40]}”出现两次")
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _FaultError(f"数字 {text[:40]} 过大")
    return number


def _no_constant(text: str) -> NoReturn:
    raise _FaultError(f"{text} 不是 JSON 的数字")
