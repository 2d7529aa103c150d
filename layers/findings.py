"""Findings: what is wrong with a file or a record, where, and what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from geo.errors import InputError

__all__ = ["Finding", "Findings", "Level", "RefusedCell", "UnreadableError", "shown"]

Level = Literal["error", "warning"]

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Finding:
    """One fault of a file or a record.

    Attributes
    ----------
    row
        As in the sheet (the heading is row 1), features from 1; None = the whole file.
    field
        Field name, or the heading as written where no field is known.
    value
        What stands there, shortened; None where it must not be repeated.
    code
        I01-I23.
    message
        One Chinese sentence: what, where, what to do.
    level
        ``error`` stops the import, ``warning`` does not.
    """

    row: int | None
    field: str | None
    value: str | None
    code: str
    message: str
    level: Level = "error"

    def to_json(self) -> dict[str, Any]:
        """Give the finding as the answer of an import carries it."""
        return {
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "code": self.code,
            "level": self.level,
            "message": self.message,
        }


@dataclass(frozen=True)
class RefusedCell:
    """A cell that stands for no value, whatever its column: a formula, an error of a sheet.

    Attributes
    ----------
    text
        What is shown of it.
    code
        Of the finding, if the column is imported.
    reason
        The end of its sentence.
    """

    text: str
    code: str
    reason: str

    def __str__(self) -> str:
        return self.text


class UnreadableError(InputError):
    """A file cannot be read at all, or not to its end.

    Parameters
    ----------
    row
        Where reading stopped; None = the whole file.
    message
        One Chinese sentence: what, where, what to do.
    finding_code
        Code of `finding`: I01, I04 where rows do not fit the headings, I12 for a refused CRS.
    """

    code = "unreadable"

    def __init__(self, row: int | None, message: str, *, finding_code: str = "I01") -> None:
        super().__init__(message, where=None if row is None else str(row))
        self.finding = Finding(row, None, None, finding_code, message)


class Findings:
    """Collects findings; of each code only so many are kept, the rest is counted.

    Parameters
    ----------
    per_code
        How many of one code are kept word for word.
    """

    def __init__(self, per_code: int = 1000) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[tuple[str, Level]] = Counter()
        self._per_code = per_code

    def add(
        self,
        code: str,
        message: str,
        *,
        row: int | None = None,
        field: str | None = None,
        value: object = None,
        level: Level = "error",
    ) -> None:
        """Add one finding; a long value is shortened."""
        self._counts[code, level] += 1
        if self._counts[code, level] <= self._per_code:
            self._kept.append(Finding(row, field, shown(value), code, message, level))

    def take(self, finding: Finding) -> None:
        """Add a finding that is already made."""
        self._counts[finding.code, finding.level] += 1
        self._kept.append(finding)

    @property
    def errors(self) -> int:
        """How many errors there are, those that are only counted too."""
        return sum(count for (_, level), count in self._counts.items() if level == "error")

    @property
    def has_errors(self) -> bool:
        """Whether the file must stay out."""
        return any(level == "error" for _, level in self._counts)

    def listed(self) -> tuple[Finding, ...]:
        """All findings in order of rows, each code that was cut short with its count at the end."""
        kept = sorted(self._kept, key=lambda f: (f.row is not None, f.row or 0, f.code))
        more = [
            Finding(
                None, None, None, code, f"另有 {count - self._per_code} 处同类问题未列出。", level
            )
            for (code, level), count in sorted(self._counts.items())
            if count > self._per_code
        ]
        return (*kept, *more)


def shown(value: object) -> str | None:
    """Shorten a value to what a finding shows: one line of at most 60 characters."""
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "、".join(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
