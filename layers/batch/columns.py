"""Columns of a run's tables, in order, with their Chinese titles."""

from __future__ import annotations

from layers.schema import Field

__all__ = ["COUNTY_FIELDS", "GAP_FIELDS", "HIDDEN", "OUTLINE_FIELDS", "VILLAGE_FIELDS"]

HIDDEN = "suppressed"
"""Column that names the counts hidden in a row."""


def _field(name: str, title: str, kind: str = "text", unit: str = "") -> Field:
    return Field(name=name, title=title, type=kind, unit=unit)


_COUNTS = (
    _field("total", "老年人口", "integer", "人"),
    _field("covered", "已覆盖", "integer", "人"),
    _field("uncovered", "未覆盖", "integer", "人"),
    _field("share", "道路覆盖率", "real"),
    _field("share_low", "覆盖率下限", "real"),
    _field("share_high", "覆盖率上限", "real"),
    _field("circle_share", "直线覆盖率", "real"),
    _field("misled", "误判", "integer", "人"),
)
_STAMP = (
    _field(HIDDEN, "隐去项"),
    _field("quality", "精度等级"),
    _field("source", "来源"),
    _field("notice", "注意"),
)
_COUNTY = (_field("county_code", "县代码"), _field("county", "县"))

COUNTY_FIELDS = (
    _field("code", "县代码"),
    _field("name", "县"),
    Field(name="status", title="结果", type="text", codes={"done": "完成", "failed": "未完成"}),
    *_COUNTS,
    _field("twice", "有两处以上可及", "integer", "人"),
    _field("twice_share", "两处以上可及的比例", "real"),
    _field("mean_minutes", "平均分钟", "real", "min"),
    _field("facilities", "计入的设施", "integer", "处"),
    _field("facilities_connected", "接上路网的设施", "integer", "处"),
    _field("villages", "村数", "integer", "个"),
    _field("villages_unconnected", "接不上路网的村", "integer", "个"),
    _field("minutes", "时限", "real", "min"),
    _field("mode", "方式"),
    _field("age", "年龄段"),
    _field("direction", "方向"),
    _field("warnings", "提示"),
    _field("error_code", "错误代码"),
    _field("error", "没有算成的原因"),
    *_STAMP,
)
"""One row a county, failed ones too."""

GAP_FIELDS = (
    *_COUNTY,
    _field("code", "代码"),
    _field("name", "名称"),
    _field("rank", "县内名次", "integer"),
    *_COUNTS,
    _field("points", "村数", "integer", "个"),
    _field("uncovered_points", "未覆盖的村", "integer", "个"),
    _field("unconnected_points", "接不上路网的村", "integer", "个"),
    _field("mean_minutes", "平均分钟", "real", "min"),
    *_STAMP,
)
"""One row a township, or a village where the question says so."""

VILLAGE_FIELDS = (
    *_COUNTY,
    _field("code", "村级代码"),
    _field("name", "名称"),
    _field("township_code", "乡镇代码"),
    _field("total", "老年人口", "integer", "人"),
    _field("covered", "已覆盖", "boolean"),
    _field("facility_id", "最近的设施"),
    _field("minutes", "分钟", "real", "min"),
    _field("choices", "可及的设施数", "integer", "处"),
    _field("connected", "接上路网", "boolean"),
    _field("snap_offset_m", "离路", "real", "m"),
    _field("straight_m", "直线距离", "real", "m"),
    _field("circle_covered", "直线圈内", "boolean"),
    *_STAMP,
)
"""One row a demand point."""

OUTLINE_FIELDS = (_field("code", "县代码"), _field("name", "县"), *_STAMP[1:])
"""One row: where the county lies."""
