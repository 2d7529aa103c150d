"""Headings of a file to fields of a layer: by name, Chinese title or alias, whatever the case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import InputError

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.schema import LayerSchema

__all__ = [
    "LAT",
    "LON",
    "NOTICE",
    "SUPPRESSED",
    "WKT",
    "HeaderMatch",
    "match_headers",
    "plain_heading",
    "target_of",
]

LON, LAT, WKT, SUPPRESSED = "lon", "lat", "wkt", "suppressed"
"""Targets that are no fields: the two coordinates, the shape as text, what an export hid."""

_PLACES = {
    **dict.fromkeys(("lon", "lng", "long", "longitude", "经度", "东经", "横坐标"), LON),
    **dict.fromkeys(("lat", "latitude", "纬度", "北纬", "纵坐标"), LAT),
    **dict.fromkeys(("wkt", "geometry", "geom", "the_geom", "几何", "空间位置"), WKT),
    **dict.fromkeys(("suppressed", "隐去项"), SUPPRESSED),
}
_PERSON = re.compile(
    "身份证|证件号|姓名|手机|电话|联系人|联系方式|住址"
    "|^(phone|mobile|tel|telephone|cellphone|id_?card|id_?number|person_?name)$"
)
NOTICE = "数据说明"
"""Heading under which a csv says that a row is synthetic; an import passes over it."""

_UNIT = re.compile(r"[(\[（【].*[)\]）】]$")


@dataclass(frozen=True)
class HeaderMatch:
    """Which column of the file is what.

    Attributes
    ----------
    fields
        Field name (``id`` included) -> heading.
    places
        ``lon``, ``lat``, ``wkt``, ``suppressed`` -> heading, where the file has them.
    """

    fields: Mapping[str, str]
    places: Mapping[str, str]


def match_headers(
    headings: Sequence[str],
    schema: LayerSchema,
    mapping: Mapping[str, str] | None,
    findings: Findings,
    *,
    row: int | None = 1,
) -> HeaderMatch:
    """Find the field of each heading.

    Parameters
    ----------
    headings
        As in the file; a unit in brackets at the end may follow a title.
    schema
        The layer's.
    mapping
        Heading -> field (or ``lon``, ``lat``, ``wkt``) as the user says; wins over all else.
    findings
        Gets I02 (unknown heading, a warning), I07 (two columns for one field), I18 (a person's
        column), I03 (no column for a required field).
    row
        Row of the headings, for the findings; None where the format has no such row.

    Returns
    -------
    The match; derived fields and what the store writes itself are passed over.

    Raises
    ------
    InputError
        `unknown_heading` or `unknown_field` if the mapping names what is not there.
    """
    known = schema.headings()
    asked = _asked(headings, schema, mapping or {})
    passed_over = {f.name for f in schema.fields.values() if f.derived}
    passed_over |= {w.casefold() for f in schema.system.values() for w in (f.name, f.title)}
    passed_over |= {"fid", NOTICE}
    passed_over -= {"id", schema.system["id"].title}
    fields: dict[str, str] = {}
    places: dict[str, str] = {}
    unknown: set[str] = set()
    for number, heading in enumerate(headings, start=1):
        plain = plain_heading(heading)
        if _PERSON.search(plain):
            findings.add(
                "I18",
                f"列“{heading}”像是个人信息，本平台不收个人信息，请删去该列。",
                row=row,
                field=heading,
            )
            continue
        name = asked.get(heading) or known.get(plain) or _PLACES.get(plain)
        if name is None:
            bare = _UNIT.sub("", plain).strip()
            name = known.get(bare) or _PLACES.get(bare)
        if name is None and plain not in passed_over and not (plain and plain in unknown):
            unknown.add(plain)
            findings.add(
                "I02",
                f"列“{heading}”不认识，未导入；如需导入请用 --map {heading}=字段。"
                if plain
                else f"第 {number} 列没有表头，未导入；如需导入请写上表头。",
                row=row,
                field=heading,
                level="warning",
            )
        if name is None or name in passed_over:
            continue
        target = places if name in {LON, LAT, WKT, SUPPRESSED} else fields
        if name in target:
            findings.add(
                "I07",
                f"列“{target[name]}”和“{heading}”都是同一字段 {name}，请只留一列。",
                row=row,
                field=name,
                value=heading,
            )
        target.setdefault(name, heading)
    _require_columns(schema, fields, findings, row)
    return HeaderMatch(fields, places)


def _asked(
    headings: Sequence[str], schema: LayerSchema, mapping: Mapping[str, str]
) -> dict[str, str]:
    """Check the user's mapping.

    Raises
    ------
    InputError
        If it names a heading or a field that is not there.
    """
    by_plain = {plain_heading(heading): heading for heading in headings}
    asked = {}
    for heading, field in mapping.items():
        if plain_heading(heading) not in by_plain:
            raise InputError(
                f"文件里没有列“{heading}”，有：{'、'.join(headings)}，请检查 --map。",
                code="unknown_heading",
                where=heading,
            )
        name = target_of(schema, field)
        if name is None:
            raise InputError(
                f"{schema.title}没有字段“{field}”，可用：{'、'.join(schema.fields)}。",
                code="unknown_field",
                where=field,
            )
        asked[by_plain[plain_heading(heading)]] = name
    return asked


def _require_columns(
    schema: LayerSchema, fields: Mapping[str, str], findings: Findings, row: int | None
) -> None:
    for field in schema.fields.values():
        # What only some rows need is looked for in every row.
        if field.required and not field.required_unless and field.name not in fields:
            findings.add(
                "I03",
                f"缺少必填列“{field.title}”({field.name})，请补上再导入。",
                row=row,
                field=field.name,
            )


def target_of(schema: LayerSchema, word: str) -> str | None:
    """Give the field, or ``lon``, ``lat``, ``wkt``, that a word of the user means; else None."""
    plain = plain_heading(word)
    return schema.headings().get(plain) or _PLACES.get(plain)


def plain_heading(heading: str) -> str:
    """Give what two headings share that are the same to a reader: width and case do not count."""
    return unicodedata.normalize("NFKC", heading).strip().casefold()
