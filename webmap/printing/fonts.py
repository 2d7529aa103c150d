"""Fonts by role: advances, and the gate that no character without a glyph may pass."""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from webmap.printing.errors import SheetError
from webmap.printing.items import Item, TextItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Face", "FontBook", "GlyphReport", "default_fonts"]

_SUBSTITUTE = "〓"
"""The printer's mark for a missing sort; every Chinese font has it."""


@dataclass(frozen=True)
class Face:
    """One font file.

    Parameters
    ----------
    family
        The family name that the file itself gives.
    path
        The file.
    """

    family: str
    path: Path

    @classmethod
    def read(cls, path: Path) -> Face:
        """Take the family name from the file.

        Raises
        ------
        SheetError
            If the file is no font.
        """
        family = _family(path)
        if not family:
            raise SheetError(f"字体文件 {path.name} 没有字体名称，请换一个文件。", where=path.name)
        return cls(family, path)

    def lacks(self, text: str) -> tuple[str, ...]:
        """Characters of `text` that the font cannot draw, each once, in order."""
        known = _advances(self.path)
        return tuple(dict.fromkeys(c for c in text if ord(c) not in known or _is_control(c)))

    def advance(self, text: str) -> float:
        """Width of `text` in em, by the font's own advances; a missing character counts as one."""
        known = _advances(self.path)
        return sum(known.get(ord(c), 1.0) for c in text)


@dataclass(frozen=True)
class GlyphReport:
    """What the glyph gate saw.

    Attributes
    ----------
    items
        The display list, each text with a face that has all of it.
    fonts
        Family names that the sheet uses, sorted.
    substituted
        One Chinese sentence for each text that took the next font of its role.
    missing
        One Chinese sentence for each character that no font has.
    """

    items: tuple[Item, ...]
    fonts: tuple[str, ...]
    substituted: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class FontBook:
    """The ordered font list of each role.

    Parameters
    ----------
    roles
        Role -> faces; the first is used unless it lacks a character of a text.
    """

    roles: dict[str, tuple[Face, ...]]

    @property
    def faces(self) -> tuple[Face, ...]:
        """Every face once."""
        return tuple(dict.fromkeys(face for faces in self.roles.values() for face in faces))

    def face(self, text: str, role: str) -> Face:
        """Face for a text: the first of the role that has all of it, else the role's first."""
        faces = self.roles[role]
        return next((face for face in faces if not face.lacks(text)), faces[0])

    def width(self, text: str, *, size: float, role: str, spacing: float = 0.0) -> float:
        """Advance of the text in mm; the last letter has no spacing after it."""
        return self.face(text, role).advance(text) * size + spacing * max(len(text) - 1, 0)

    def item_width(self, item: TextItem) -> float:
        """Advance of one text of a display list, mm."""
        return self.width(item.text, size=item.size, role=item.family, spacing=item.spacing)

    def check(self, items: Iterable[Item], *, strict: bool) -> GlyphReport:
        """Give every text a face that has all its characters, before anything is drawn.

        A renderer would replace a font silently, or write U+0000 for a character.

        Parameters
        ----------
        items
            The display list.
        strict
            A character that no font has is an error; else it is drawn as 〓 and reported.

        Raises
        ------
        SheetError
            ``glyph_missing``, if strict and a character has no glyph.
        """
        out: list[Item] = []
        substituted: dict[str, None] = {}
        missing: dict[str, None] = {}
        used: set[str] = set()
        for item in items:
            if not isinstance(item, TextItem):
                out.append(item)
                continue
            faces = self.roles[item.family]
            text, face = item.text, self.face(item.text, item.family)
            for character in sorted(set(face.lacks(text))):
                missing[
                    f"“{_printable(item.text)}”（{item.layer or '图廓'}）中的字符 "
                    f"U+{ord(character):04X} 没有字体可以印出，请改用通行字或另给字体。"
                ] = None
                text = text.replace(character, _SUBSTITUTE)
            face = self.face(text, item.family)
            if face != faces[0]:
                substituted[
                    f"“{text}”（{item.layer or '图廓'}）改用字体 {face.family}，因为 "
                    f"{faces[0].family} 缺字 {''.join(faces[0].lacks(text))}。"
                ] = None
            used.add(face.family)
            out.append(replace(item, text=text, face=face.family))
        if missing and strict:
            raise SheetError(
                next(iter(missing)) if len(missing) == 1 else "；".join(missing),
                code="glyph_missing",
                where=", ".join(missing),
            )
        return GlyphReport(tuple(out), tuple(sorted(used)), tuple(substituted), tuple(missing))


def default_fonts(extra: Sequence[Path] = ()) -> FontBook:
    """Fonts of the wheel, the same bytes everywhere, then those named on purpose.

    Parameters
    ----------
    extra
        Font files asked for after the wheel's, for rare characters.

    Raises
    ------
    SheetError
        If an extra file is no font.
    """
    import pylopdf_fonts_zh_cn as wheel  # noqa: PLC0415  (the files are needed only to print)

    sans, serif = Face.read(wheel.sans_path()), Face.read(wheel.serif_path())
    more = tuple(Face.read(Path(path)) for path in extra)
    return FontBook({"hei": (sans, serif, *more), "song": (serif, sans, *more)})


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    # Nothing of the file stays in memory afterwards but what was taken: 45 MiB less on a sheet.
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415  (only needed to print)

    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            yield font
    except (TTLibError, OSError) as error:
        raise SheetError(f"读不了字体文件 {path.name}，请检查它。", where=path.name) from error


@lru_cache(maxsize=8)
def _advances(path: Path) -> dict[int, float]:
    """Advance of every character that a font can draw, in em."""
    with _opened(path) as font:
        widths, em = font["hmtx"].metrics, float(font["head"].unitsPerEm)
        return {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@lru_cache(maxsize=8)
def _family(path: Path) -> str:
    with _opened(path) as font:
        return font["name"].getBestFamilyName() or ""


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _printable(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if _is_control(c) else c for c in text)
