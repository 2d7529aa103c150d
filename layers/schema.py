"""What a layer holds: fields, types, units, code lists, rules, titles, keys; read from YAML.

`schemas/<layer>.yaml` is the one source for the store's tables, validation, exports, API schemas
and forms. A new layer is a new file there and needs no Python. `schemas/_common.yaml` holds what
every layer has besides.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from geo.errors import InputError
from layers.errors import NotFound
from layers.nested import shape_faults
from layers.schema_values import TYPES, Field, LayerSchema, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["TYPES", "Field", "LayerSchema", "Rule", "layer_names", "layer_schema", "parse_schema"]

_RESERVED = ("xg_", "gpkg_", "sqlite_", "rtree_", "county_info")


def layer_names() -> tuple[str, ...]:
    """Names of all layers that have a schema file, sorted."""
    names = (f.name for f in files("layers").joinpath("schemas").iterdir())
    return tuple(
        sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml") and n[0] != "_")
    )


@cache
def layer_schema(name: str) -> LayerSchema:
    """Give the schema of one layer.

    Parameters
    ----------
    name
        Collection id, such as ``divisions``.

    Returns
    -------
    The schema; the same object at every call.

    Raises
    ------
    NotFound
        If no schema file has this name.
    """
    if name not in layer_names():
        raise NotFound(
            f"没有名为“{name}”的图层，可选：{'、'.join(layer_names())}。",
            code="unknown_layer",
            where=name,
        )
    return parse_schema(_read(name))


def parse_schema(source: Mapping[str, Any]) -> LayerSchema:
    """Make a schema from the contents of a schema file.

    Parameters
    ----------
    source
        The mapping of the YAML file; unknown keys are faults, so that a typing error is seen.

    Returns
    -------
    The checked schema.

    Raises
    ------
    InputError
        If a key, type, rule, code or template is not what a schema may hold.
    """
    return _Reader(source).schema()


def _read(name: str) -> dict[str, Any]:
    text = files("layers").joinpath("schemas", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def _common() -> dict[str, Any]:
    return _read("_common")


class _Reader:
    """Turns one mapping into a `LayerSchema`; every fault names the layer and the place."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self.name = str(source.get("name", "?"))

    def fault(self, what: str) -> InputError:
        return InputError(f"图层定义 {self.name} 有误：{what}。", code="schema", where=self.name)

    def schema(self) -> LayerSchema:
        source, common = self.source, _common()
        known = {"name", "title", "geometry", "key", "past_key", "match", "default_period"}
        known |= {"fields", "rules", "privacy", "listed", "by_cases", "search"}
        self.no_others(source, known, "文件")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", self.name):
            raise self.fault("name 只能用小写字母、数字和下划线，以字母开头")
        if self.name.startswith(_RESERVED):
            raise self.fault(f"name 不能以 {'、'.join(_RESERVED)} 开头")
        fields = {
            **{n: self.field(n, v) for n, v in source["fields"].items()},
            **{n: self.field(n, v, common=True) for n, v in common["fields"].items()},
        }
        system = {n: self.field(n, v, common=True) for n, v in common["system"].items()}
        if clash := sorted({"fid", "geom", "geometry", *system} & fields.keys()):
            raise self.fault(f"字段名 {clash[0]} 由系统保留")
        titles = Counter(f.title for f in (*system.values(), *fields.values()))
        if repeated := [title for title, number in titles.items() if number > 1]:
            raise self.fault(f"两个字段同名“{repeated[0]}”，表头就分不清了")
        privacy = source.get("privacy", {})
        self.no_others(privacy, {"below", "counts"}, "privacy")
        schema = LayerSchema(
            name=self.name,
            title=str(source["title"]),
            geometry=tuple(source.get("geometry", ())),
            fields=MappingProxyType(fields),
            system=MappingProxyType(system),
            key=source.get("key"),
            past_key=source.get("past_key"),
            match=tuple(source.get("match", ())),
            rules=tuple(self.rule(t, fields) for t in (*source.get("rules", ()), *common["rules"])),
            default_period=source.get("default_period", "all"),
            privacy_counts=tuple(privacy.get("counts", ())),
            privacy_below=int(privacy.get("below", 0)),
            listed=bool(source.get("listed", True)),
            by_cases=bool(source.get("by_cases", False)),
            search=source.get("search"),
            source=MappingProxyType(dict(source)),
        )
        for name in (*schema.key_fields, *schema.match, *schema.privacy_counts):
            if name not in fields:
                raise self.fault(f"key、match 或 privacy 提到未定义的字段 {name}")
        if schema.search is not None and not (type(schema.search) is int and "name" in fields):
            raise self.fault("search 应为整数（并列时的先后），且图层要有字段 name")
        for field in fields.values():
            if strange := [name for name in field.asked_by if name not in fields]:
                raise self.fault(f"字段 {field.name} 的条件提到未定义的字段 {strange[0]}")
        return schema

    def field(self, name: str, body: Mapping[str, Any], *, common: bool = False) -> Field:
        self.no_others(body, set(Field.__dataclass_fields__) - {"name", "common"}, name)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise self.fault(f"字段名 {name} 只能用小写字母、数字和下划线")
        if body.get("type") not in TYPES:
            raise self.fault(f"字段 {name} 的 type 应为 {'、'.join(TYPES)} 之一")
        if "title" not in body:
            raise self.fault(f"字段 {name} 缺少 title")
        if "codes" in body and body["type"] not in {"text", "list"}:
            raise self.fault(f"字段 {name} 有代码表，type 应为 text 或 list")
        if strange := [c for c in body.get("by_cases", ()) if c not in body.get("codes", {})]:
            raise self.fault(f"字段 {name} 的 by_cases 提到代码表没有的 {strange[0]}")
        if body.get("missing", "") not in {"", "warning"}:
            raise self.fault(f"字段 {name} 的 missing 只能是 warning")
        if (body["type"] == "json") is not ("shape" in body):
            raise self.fault(f"字段 {name} 的 shape 只用于 json，且 json 必须有 shape")
        if "shape" in body:
            self.check_shape(name, body["shape"])
        changed = {
            key: MappingProxyType({str(k): v for k, v in body[key].items()})
            for key in ("codes", "synonyms", "required_unless", "required_when", "shape")
            if key in body
        }
        listed = {key: tuple(body.get(key, ())) for key in ("aliases", "by_cases")}
        rest = {**body, **changed, **listed}
        return Field(name=name, common=common, **rest)

    def check_shape(self, name: str, shape: object) -> None:
        for fault in shape_faults(shape):
            raise self.fault(f"字段 {name} 的 {fault}")
        if not isinstance(shape, dict) or shape["type"] not in {"object", "array"}:
            raise self.fault(f"字段 {name} 的 shape 应为 object 或 array")

    def rule(self, text: str, fields: Mapping[str, Field]) -> Rule:
        condition = None
        body = str(text).strip()
        if found := re.fullmatch(r"(\w+)\s*(=|!=)\s*(\w+)\s*:\s*(.+)", body):
            name, sign, value, body = found.groups()
            if name not in fields or (fields[name].codes and value not in fields[name].codes):
                raise self.fault(f"规则“{text}”的条件提到未定义的字段或代码")
            condition = (name, sign == "=", value)
        *parts, last = re.split(r"\s*(<=|<)\s*", body)
        operators = set(parts[1::2])
        if len(operators) != 1:
            raise self.fault(f"规则“{text}”应只用一种比较符 <= 或 <")
        terms = tuple(self.terms([*parts[0::2], last], text, fields))
        return Rule(str(text), terms, operators == {"<"}, condition)

    def terms(
        self, parts: list[str], text: str, fields: Mapping[str, Field]
    ) -> Iterator[str | float]:
        for part in parts:
            counted = re.fullmatch(r"count\((\w+)\)", part)
            listed = counted and counted[1] in fields and fields[counted[1]].type == "list"
            if part in fields or listed:
                yield part
            elif re.fullmatch(r"-?\d+(\.\d+)?", part):
                yield float(part)
            else:
                raise self.fault(f"规则“{text}”提到未定义的字段 {part}")

    def no_others(self, body: Mapping[str, Any], known: set[str], where: str) -> None:
        if others := sorted(set(body) - known):
            raise self.fault(f"{where} 有不认识的键 {others[0]}")
