"""What a schema is made of: fields, rules and the layer that holds them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as _field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TYPES", "Field", "LayerSchema", "Rule"]

TYPES = ("text", "integer", "real", "boolean", "date", "datetime", "list")
"""Kinds of value; `list` is a list of text."""


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
    required, required_unless
        A row without it is an error, unless one of these fields has this value.
    missing
        ``"warning"`` where a row without it deserves a warning, else nothing.
    codes
        Code -> Chinese title; empty where the field is free. For a list: of its items.
    synonyms
        Words read as another value on import.
    minimum, maximum
        Inclusive bounds of numbers, or None.
    pattern, form
        Regular expression for the whole text and its Chinese description.
    max_length, multiline
        Characters at most; whether line breaks may occur.
    derived
        Name of the measure (`layers.derived.MEASURES`) that the store computes from the geometry;
        never imported. Empty: the field is the row's own.
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
    missing: str = ""
    codes: Mapping[str, str] = _field(default_factory=dict, hash=False)
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
        excused = any(row.get(name) == value for name, value in self.required_unless.items())
        return self.required and not excused

    def matches(self, text: str) -> bool:
        """Tell whether the whole text has the field's form; True where none is asked."""
        return self.pattern is None or re.fullmatch(self.pattern, text) is not None


@dataclass(frozen=True)
class Rule:
    """A chain of comparisons such as ``0 <= age80 <= age70``; missing values are passed over."""

    text: str
    terms: tuple[str | float, ...]
    strict: bool

    def broken(self, row: Mapping[str, Any]) -> tuple[str | float, str | float] | None:
        """Find the first two terms that stand in the wrong order.

        Parameters
        ----------
        row
            Field values; absent, None or NaN is missing.

        Returns
        -------
        The two terms (field names or numbers), or None where the rule holds.
        """
        last: tuple[str | float, Any] | None = None
        for term in self.terms:
            value = row.get(term) if isinstance(term, str) else term
            if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
                continue
            if last is not None and not (last[1] < value if self.strict else last[1] <= value):
                return last[0], term
            last = term, value
        return None

    @property
    def fields(self) -> tuple[str, ...]:
        """The field names in the rule, in order."""
        return tuple(t for t in self.terms if isinstance(t, str))


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
        """Map every heading a file may use (name, title, alias; casefolded) to its field name."""
        found: dict[str, str] = {}
        for one in (self.system["id"], *self.fields.values()):
            for heading in (one.name, one.title, *one.aliases):
                found.setdefault(heading.casefold(), one.name)
        return found
