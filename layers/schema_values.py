"""What a schema is made of: fields, rules and the layer that holds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as _field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from layers.short_names import short_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TYPES", "Field", "LayerSchema", "Rule"]

TYPES = ("text", "integer", "real", "boolean", "date", "datetime", "list", "json")
"""Kinds of value; `list` is a list of text, `json` anything nested that its `shape` describes."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a layer.

    Attributes
    ----------
    name, title
        English identifier and Chinese title; both are accepted as a heading.
    type
        One of `TYPES`.
    unit
        Unit as printed, or nothing.
    required, required_unless, required_when
        A row without it is an error, unless one of the first fields has this value; where it is
        not required: only if one of the second has.
    missing
        ``"warning"`` where a row without it deserves a warning, else nothing.
    codes
        Code -> Chinese title; empty where the field is free. For a list: of its items.
    by_cases
        Codes that belong to casework: a row takes or leaves one by a reviewer with a reason alone.
    shape
        Of a `json` field: what it may hold, as `layers.nested` describes.
    synonyms
        Words read as another value on import.
    minimum, maximum
        Inclusive bounds of numbers, or None.
    pattern, form
        Regular expression for the whole text and its Chinese description.
    max_length, multiline
        Characters at most; whether line breaks may occur.
    derived
        Name of the measure of the geometry (`layers.derived.MEASURES`) or of the formula of another
        field (`FORMULAS`) by which the store computes it; never imported. Empty: the row's own.
    default
        Value of a new row that leaves it out, or None.
    aliases
        Further headings accepted on import.
    common
        Every layer has it (`quality`, `source`, `valid_from` ...).
    """

    name: str
    title: str
    type: str
    unit: str = ""
    required: bool = False
    required_unless: Mapping[str, Any] = _field(default_factory=dict, hash=False)
    required_when: Mapping[str, Any] = _field(default_factory=dict, hash=False)
    missing: str = ""
    codes: Mapping[str, str] = _field(default_factory=dict, hash=False)
    by_cases: tuple[str, ...] = ()
    shape: Mapping[str, Any] = _field(default_factory=dict, hash=False)
    synonyms: Mapping[str, str] = _field(default_factory=dict, hash=False)
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    form: str = ""
    max_length: int = 1000
    multiline: bool = False
    derived: str = ""
    default: Any = None
    aliases: tuple[str, ...] = ()
    common: bool = False

    def is_required(self, row: Mapping[str, Any]) -> bool:
        """Tell whether this row must have the field."""
        if self.required:
            return not any(row.get(name) == value for name, value in self.required_unless.items())
        return any(row.get(name) == value for name, value in self.required_when.items())

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The fields that decide whether a row must have this one."""
        return (*self.required_unless, *self.required_when)

    def matches(self, text: str) -> bool:
        """Tell whether the whole text has the field's form; True where none is asked."""
        return self.pattern is None or re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True)
class Rule:
    """A chain of comparisons such as ``0 <= age80 <= age70``; missing values are passed over.

    A term ``count(line_ids)`` is the number of items of a list. Before a colon may stand the rows
    that the rule is for: ``kind = tripoint: 2 <= count(line_ids) <= 3``, or ``kind != tripoint:``.

    Attributes
    ----------
    text
        As written in the schema file.
    terms
        Numbers, field names and counts, in order.
    strict
        ``<`` instead of ``<=``.
    condition
        Field, whether it must be equal, and the value; None: for all rows.
    """

    text: str
    terms: tuple[str | float, ...]
    strict: bool
    condition: tuple[str, bool, str] | None = None

    def broken(self, row: Mapping[str, Any]) -> tuple[str | float, str | float] | None:
        """Find the first two terms that stand in the wrong order.

        Parameters
        ----------
        row
            Field values; absent, None or NaN is missing.

        Returns
        -------
        The two terms (as in `terms`), or None where the rule holds or is not for this row.
        """
        if self.condition is not None:
            name, equal, wanted = self.condition
            if (row.get(name) == wanted) is not equal:
                return None
        last: tuple[str | float, Any] | None = None
        for term, field, counted in self._steps:
            value = term if field is None else row.get(field)
            if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
                continue
            if counted and isinstance(value, list):
                value = len(value)
            if last is not None and not (last[1] < value if self.strict else last[1] <= value):
                return last[0], term
            last = term, value
        return None

    @property
    def fields(self) -> tuple[str, ...]:
        """The field names in the rule, in order; that of the condition last."""
        names = [self.field_of(t) for t in self.terms if isinstance(t, str)]
        return (*names, *([] if self.condition is None else self.condition[:1]))

    @staticmethod
    def field_of(term: str) -> str:
        """Give the name of the field that a term speaks of."""
        return term.removeprefix("count(").removesuffix(")")

    @staticmethod
    def title_of(term: str | float, fields: Mapping[str, Field]) -> str:
        """Name a term as people read it."""
        if not isinstance(term, str):
            return f"{term:g}"
        title = fields[Rule.field_of(term)].title
        return f"{title}的项数" if term.startswith("count(") else title

    @cached_property
    def _steps(self) -> tuple[tuple[str | float, str | None, bool], ...]:
        """Each term with its field, None for a number, and whether items are counted."""
        return tuple(
            (term, self.field_of(term), term.startswith("count("))
            if isinstance(term, str)
            else (term, None, False)
            for term in self.terms
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerSchema:
    """One layer.

    Attributes
    ----------
    name, title
        Collection id and Chinese title.
    geometry
        Kinds allowed (``Point`` ...); empty: the layer never has a geometry. Any row may lack one.
    fields
        Name -> field: the layer's own, then the common ones. In column order.
    system
        What the store writes: `id version updated_at updated_by`.
    key, past_key
        Templates of the id from fields (``{code}``), the second for a row with `valid_to`; None:
        the store makes an id.
    match
        Fields that recognise a row on import where it has neither key nor id.
    rules
        Comparisons that each row must keep.
    default_period
        ``present`` where a question without a day means today's rows, else ``all``.
    privacy_counts, privacy_below
        Columns of counts whose small values are hidden, and from which value they are shown.
    listed
        Whether the layer is a collection that map clients see.
    by_cases
        Whether only casework writes the layer; nobody imports into it.
    search
        Place among other layers where names fit equally well; None: its names are not searched.
    """

    name: str
    title: str
    geometry: tuple[str, ...]
    fields: Mapping[str, Field]
    system: Mapping[str, Field]
    key: str | None = None
    past_key: str | None = None
    match: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    default_period: str = "all"
    privacy_counts: tuple[str, ...] = ()
    privacy_below: int = 0
    listed: bool = True
    by_cases: bool = False
    search: int | None = None
    source: Mapping[str, Any] = _field(default_factory=dict, repr=False)

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields that make the id; empty where the store makes it."""
        return tuple(re.findall(r"\{(\w+)\}", self.key or ""))

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The layer's own fields, without the common ones."""
        return tuple(f for f in self.fields.values() if not f.common)

    def headings(self) -> dict[str, str]:
        """Map every heading a file may use (name, title, alias, short name of a shp) to a field."""
        found: dict[str, str] = {}
        for one in (self.system["id"], *self.fields.values()):
            for heading in (one.name, one.title, *one.aliases):
                found.setdefault(heading.casefold(), one.name)
        for name, short in short_names((self.system["id"].name, *self.fields)).items():
            found.setdefault(short.casefold(), name)
        return found
