"""A care question in a URL: the parameters that its routes share, and the question they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from api.operations import Param
from api.problems import Refused
from geo.frames import DIRECTIONS
from geo.shifts import gcj02_from_bd09, wgs84_from_gcj02
from layers.analysis.question import AGE_COLUMNS, MODES, SERVICE_KINDS, CareQuestion
from layers.analysis.warm import WarmCare
from layers.schema import layer_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.calls import Call
    from api.service import Service

__all__ = [
    "AGE",
    "AS_OF",
    "AT",
    "BY",
    "DIRECTION",
    "FROM",
    "KIND",
    "MINUTES",
    "MODE",
    "NUMBER",
    "STAMP",
    "YEAR",
    "facility_kinds",
    "place_of",
    "question_of",
    "warm_care",
]

NUMBER = {"type": "number", "nullable": True}
"""A figure in an answer; null where it is hidden or there is none."""

STAMP = {"quality": {"type": "string"}, "source": {"type": "string"}}
"""What every answer with data carries."""

_MOST_MINUTES = 60
_DATUMS = ("wgs84", "gcj02", "bd09")

AT = Param(
    "at",
    {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    "位置，经度,纬度（度）",
)
FROM = Param(
    "from",
    {"type": "string", "enum": list(_DATUMS), "default": "wgs84"},
    "坐标来源：wgs84（与 CGCS2000 相同对待）、gcj02（高德）、bd09（百度），后两种换算后为近似值",
)
MINUTES = Param(
    "minutes",
    {"type": "number", "minimum": 1, "maximum": _MOST_MINUTES, "default": 15},
    "时限，分钟",
)
MODE = Param(
    "mode",
    {"type": "string", "enum": list(MODES), "default": "walk"},
    "出行方式：walk 步行、etrike 电动三轮、car 汽车",
)
AGE = Param(
    "age",
    {"type": "string", "enum": list(AGE_COLUMNS), "default": "60"},
    "人群：60、70、80 岁以上或 disabled 失能，决定步速和统计的人数",
)
DIRECTION = Param(
    "direction",
    {"type": "string", "enum": list(DIRECTIONS), "default": "to_facility"},
    "to_facility 老人到设施，from_facility 服务上门",
)
KIND = Param(
    "kind",
    {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 20},
    "设施类型，逗号分开；不给则为上门可用的几类",
)
BY = Param(
    "by",
    {"type": "string", "enum": ["township", "village"], "default": "township"},
    "统计单元",
)
YEAR = Param(
    "year",
    {"type": "integer", "minimum": 1949, "maximum": 2100},
    "用哪一年的分村人数；不给则最近一年",
)
AS_OF = Param("as_of", {"type": "string", "format": "date"}, "按某日有效的数据，如 2020-06-30")


def question_of(
    words: dict[str, Any], *, usual_kinds: Iterable[str] = SERVICE_KINDS
) -> CareQuestion:
    """Make the question of typed parameters.

    Parameters
    ----------
    words
        Some of minutes, mode, age, direction, kind, by, year, as_of; missing or None take their
        defaults.
    usual_kinds
        Kinds of facilities where none are named.

    Returns
    -------
    The question.

    Raises
    ------
    Refused
        400 `bad_parameter` for an unknown kind.
    """
    named = words.get("kind")
    known = facility_kinds()
    for kind in named or ():
        if kind not in known:
            raise Refused(
                400,
                f"没有设施类型“{kind[:40]}”，可选：{'、'.join(known)}。",
                code="bad_parameter",
                where="kind",
            )
    asked = {
        name: words[name]
        for name in ("minutes", "mode", "age", "direction", "by", "as_of", "year")
        if words.get(name) is not None
    }
    return CareQuestion(**asked, kinds=tuple(sorted(set(named or usual_kinds))))


def facility_kinds() -> tuple[str, ...]:
    """Give the kinds of facilities that can stand: all of the schema but what is only planned."""
    codes = layer_schema("care_facilities").fields["kind"].codes or {}
    return tuple(kind for kind in codes if kind != "planned")


def place_of(at: list[float], datum: str = "wgs84") -> shapely.Point:
    """Give the point that was asked about.

    Parameters
    ----------
    at
        Two numbers, degrees.
    datum
        Where they were read off: `wgs84`, `gcj02` or `bd09`.

    Returns
    -------
    The point, EPSG:4490; from a web map only approximately.

    Raises
    ------
    Refused
        400 `bad_parameter` if they are no longitude and latitude, or swapped.
    """
    lon, lat = at
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused(
            400,
            f"位置“{lon:g},{lat:g}”不是经度,纬度（度），请核对先后。",
            code="bad_parameter",
            where="at",
        )
    x, y = np.array([lon]), np.array([lat])
    if datum == "bd09":
        x, y = gcj02_from_bd09(x, y)
    if datum in {"gcj02", "bd09"}:
        x, y = wgs84_from_gcj02(x, y)
    return shapely.Point(float(x[0]), float(y[0]))


def warm_care(call: Call) -> WarmCare:
    """Give what this worker keeps warm of care questions.

    Parameters
    ----------
    call
        Any call of this worker.
    """
    return call.service.part(_warm)


def _warm(service: Service) -> WarmCare:
    return WarmCare(service.store, time_zone=service.settings.tz)
