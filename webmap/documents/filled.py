"""A template filled with the rows of a document: blocks of words that every format writes alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from webmap.documents.templates import load_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "MISSING",
    "Block",
    "Cell",
    "Filled",
    "Form",
    "FormTable",
    "Head",
    "Lines",
    "MapPlace",
    "PhotoPlace",
    "Signatures",
    "TableColumn",
    "Words",
    "clean",
    "fill",
]

MISSING = "未载明"
"""What stands for a value that nobody gave."""

_REFERENCE = "参考格式：文书名称有据，版式由本程序拟定，请按上级所发样式核对。"
_PLACE = re.compile(r"\{(\w+)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What neither XML nor a workbook can hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Head:
    """A heading."""

    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph; a `small` one is a remark."""

    text: str
    small: bool = False
    indent: bool = True


@dataclass(frozen=True)
class Form:
    """Rows of titles and values: title, value, title, value; a row of one pair is a wide one."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column; columns side by side with one `group` have it above them."""

    title: str
    key: str
    width: float
    group: str = ""
    form: str = ""
    side: str = "left"
    missing: str = MISSING


@dataclass(frozen=True)
class Cell:
    """What a cell shows; `number` where a workbook should have it as one."""

    text: str
    number: float | None = None


@dataclass(frozen=True, kw_only=True)
class FormTable:
    """A ruled table; `empty` stands for its rows where there are none."""

    key: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    size: float
    empty: str


@dataclass(frozen=True)
class MapPlace:
    """Where the map goes, and what is said without one."""

    caption: str
    without: str


@dataclass(frozen=True)
class PhotoPlace:
    """Where the photos go."""

    caption: str


@dataclass(frozen=True)
class Signatures:
    """Who signs, and the day that is recorded."""

    parties: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Lines:
    """Lines at the right end: who gives it out, and when."""

    lines: tuple[str, ...]


Block = Head | Words | Form | FormTable | MapPlace | PhotoPlace | Signatures | Lines


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A document in words.

    Attributes
    ----------
    title, across
        Of the template.
    blocks
        From the top down.
    """

    title: str
    across: bool
    blocks: tuple[Block, ...]


def fill(rows: Mapping[str, Any], *, publisher: str = "") -> Filled:
    """Fill the template of a document.

    Parameters
    ----------
    rows
        `layers.cases.document_rows`.
    publisher
        编制单位; empty leaves room to write it by hand.

    Returns
    -------
    Title and blocks.

    Raises
    ------
    InputError
        If there is no template, or it names a field that the document does not have
        (``template``).
    """
    name = f"{rows['type']}.{rows['name']}"
    template = load_template(name)
    filler = _Filler(name, rows, publisher)
    blocks: list[Block] = []
    if template["reference_form"]:
        blocks.append(Words(_REFERENCE, small=True))
    blocks += [filler.block(block) for block in template["blocks"] if filler.wants(block)]
    return Filled(
        title=filler.words(template["title"]), across=template["across"], blocks=tuple(blocks)
    )


def clean(text: str) -> str:
    """Leave out what neither XML nor a workbook can hold."""
    return _ILLEGAL.sub("", text)


class _Filler:
    """Puts the fields of one document into words."""

    def __init__(self, name: str, rows: Mapping[str, Any], publisher: str) -> None:
        self.name, self.rows = name, rows
        self.fields = {
            **rows["fields"],
            "made_on": rows["made_on"],
            "publisher": publisher or "　" * 10,
        }

    def value(self, field: str) -> Any:  # noqa: ANN401 - whatever JSON has
        if field not in self.fields:
            raise InputError(
                f"文书模板 {self.name} 提到文书没有的内容 {field}。", code="template", where=field
            )
        return self.fields[field]

    def wants(self, block: Mapping[str, Any]) -> bool:
        """Tell whether a block is there: one may wait for a field that is known."""
        return "when" not in block or self.value(block["when"]) not in (None, "", [])

    def words(self, text: str) -> str:
        return _PLACE.sub(lambda found: _text(self.value(found[1])), text)

    def block(self, block: Mapping[str, Any]) -> Block:
        if "heading" in block:
            return Head(self.words(block["heading"]))
        if "text" in block:
            return Words(self.words(block["text"]), indent=block.get("indent", True))
        if "note" in block:
            return Words(self.words(block["note"]), small=True)
        if "fields" in block:
            return Form(tuple(self.pairs(row) for row in block["fields"]))
        if "map" in block:
            return MapPlace(self.words(block["map"]), block["without"])
        if "photos" in block:
            return PhotoPlace(block["photos"])
        if "signatures" in block:
            return Signatures(
                tuple((self.words(who), self.words(day)) for who, day in block["signatures"])
            )
        if "closing" in block:
            return Lines(tuple(self.words(line) for line in block["closing"]))
        return self.table(block)

    def pairs(self, row: Sequence[str]) -> tuple[tuple[str, str], ...]:
        cells = [self.words(text) for text in row]
        return tuple(zip(cells[::2], cells[1::2], strict=True))

    def table(self, block: Mapping[str, Any]) -> FormTable:
        columns = tuple(
            TableColumn(key=column["value"], **{k: v for k, v in column.items() if k != "value"})
            for column in block["columns"]
        )
        rows = self.rows["tables"].get(block["table"], ())
        return FormTable(
            key=block["table"],
            columns=columns,
            rows=tuple(tuple(_cell(row[one.key], one) for one in columns) for row in rows),
            size=block.get("size", 9.0),
            empty=block.get("empty", "（无）"),
        )


def _cell(value: Any, column: TableColumn) -> Cell:  # noqa: ANN401 - whatever JSON has
    if value in (None, "", []):
        return Cell(column.missing)
    if column.form == "date":
        return Cell(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(_number(value, column.form), value)
    return Cell(_text(value))


def _number(value: float, form: str) -> str:
    """Show a number as a workbook would by the same form."""
    if form.endswith("%"):
        return f"{_number(100 * value, form[:-1])}%"
    decimals = form.partition(".")[2]
    if "#" in decimals or not form:
        return f"{value:g}" if isinstance(value, float) else str(value)
    return f"{value:.{len(decimals)}f}"


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON has
    """Put a value into words; a day as it is written in Chinese."""
    if value in (None, "", []):
        return MISSING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = clean(str(value))
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    return text
