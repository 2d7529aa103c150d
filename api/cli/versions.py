"""Recorded versions of a feature as JSON and as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.schema import Field, LayerSchema
    from layers.store import Row, Version

__all__ = ["history_body", "history_lines"]

_ACTIONS = {"create": "新建", "update": "更改", "delete": "删除"}
_NOTHING = "（空）"
_TEXT_CHARACTERS = 120


def history_body(schema: LayerSchema, versions: Sequence[Version], *, full: bool) -> dict[str, Any]:
    """Give the JSON answer of `xygeo history`.

    Parameters
    ----------
    schema
        Of the feature's layer.
    versions
        Oldest first.
    full
        Whether counts of people are shown. Without it every count of a layer that has small ones
        is null and named in `suppressed`: a count beside its own past would give both away.
    """
    hidden = () if full else schema.privacy_counts
    return {"versions": [_version(schema, version, hidden) for version in versions]}


def history_lines(
    schema: LayerSchema,
    feature: str,
    versions: Sequence[Version],
    *,
    full: bool,
    time_zone: str,
) -> list[str]:
    """Lay out who changed what and when, each version against the one before.

    Parameters
    ----------
    schema, versions, full
        As `history_body`.
    feature
        The feature's id.
    time_zone
        Zone in which times are told.
    """
    hidden = () if full else schema.privacy_counts
    zone = ZoneInfo(time_zone)
    lines = [f"{schema.title} {feature}：{len(versions)} 个版本（时间为 {time_zone}）"]
    before: Row = {}
    for version in versions:
        who = version.actor if version.verified else f"{version.actor}（未验证）"
        when = version.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        what = _ACTIONS.get(version.action, version.action)
        why = f"  理由：{version.reason}" if version.reason else ""
        lines += ["", f"版本 {version.version}  {when}  {who}  {what}{why}"]
        now = version.row or {}
        if version.row is not None:
            lines += [f"  {line}" for line in _differences(schema, before, now, hidden)]
        before = now
    if hidden:
        titles = "、".join(schema.fields[name].title for name in hidden)
        lines += ["", f"{titles} 的新旧人数已隐去；有权人员请加 --full。"]
    return lines


def _version(schema: LayerSchema, version: Version, hidden: Sequence[str]) -> dict[str, Any]:
    from shapely.geometry import mapping

    from api.plain import plain

    row = version.row
    shape = None if row is None else row["geometry"]
    properties = None if row is None else {name: row.get(name) for name in schema.fields}
    known = [name for name in hidden if properties and properties[name] is not None]
    if properties is not None and known:
        properties |= {**dict.fromkeys(known), "suppressed": known}
    return {
        "version": version.version,
        "at": version.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "actor": version.actor,
        "verified": version.verified,
        "action": version.action,
        "reason": version.reason,
        "properties": plain(properties),
        "geometry": None if shape is None else mapping(shape),
    }


def _differences(
    schema: LayerSchema, before: Row, now: Row, hidden: Sequence[str]
) -> Iterator[str]:
    for field in schema.fields.values():
        old, new = before.get(field.name), now.get(field.name)
        if old == new:
            continue
        if field.name in hidden:
            yield f"{field.title}：有改动，已隐去" if before else f"{field.title}：隐去"
        elif before:
            yield f"{field.title}：{_text(field, old)} → {_text(field, new)}"
        else:
            yield f"{field.title}：{_text(field, new)}"
    old, new = before.get("geometry"), now.get("geometry")
    if (old is None and new is None) or (
        old is not None and new is not None and old.wkb == new.wkb
    ):
        return
    yield f"位置：{_shape(old)} → {_shape(new)}" if before else f"位置：{_shape(new)}"


def _text(field: Field, value: object) -> str:
    from layers.exporters.cells import cell_text

    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value in field.codes:
        return field.codes[value]
    if field.type == "json":
        text = _nested(value, field.shape)
    elif isinstance(value, list):
        text = "、".join(field.codes.get(item, item) for item in value)
    else:
        text = cell_text(_whole(value))
    text = " ".join(text.split())
    short = text if len(text) <= _TEXT_CHARACTERS else f"{text[:_TEXT_CHARACTERS]}……"
    return f"{short} {field.unit}".rstrip()


def _nested(value: object, shape: Mapping[str, Any]) -> str:
    """Tell a nested value in the words of its shape, things apart by ；."""
    if isinstance(value, dict):
        known = shape.get("properties", {})
        names = [*(name for name in known if name in value), *sorted(value.keys() - known.keys())]
        parts = ((known.get(name, {}), name, value[name]) for name in names)
        return "，".join(
            f"{of.get('title', name)} {_nested(part, of)} {of.get('unit', '')}".rstrip()
            for of, name, part in parts
        )
    if isinstance(value, list):
        return "；".join(_nested(item, shape.get("items", {})) for item in value)
    return str(shape.get("titles", {}).get(value, _whole(value)))


def _whole(value: object) -> object:
    """Give 4000000.0 as 4000000, as the clerk wrote it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shape(shape: Any) -> str:  # noqa: ANN401 - any geometry
    if shape is None:
        return _NOTHING
    if shape.geom_type == "Point":
        return f"{shape.x:.6f}, {shape.y:.6f}"
    import shapely

    return f"{shape.geom_type}（{int(shapely.get_num_coordinates(shape))} 点）"
