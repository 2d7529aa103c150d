"""Words that no place name may contain: the shipped list, and the bureau's own beside it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from geo.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NameLists", "name_lists"]


@dataclass(frozen=True)
class NameLists:
    """Words that no place name may contain.

    Attributes
    ----------
    persons, brands
        As the bureau keeps them.
    """

    persons: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


def name_lists(path: Path | None = None) -> NameLists:
    """Read the words that no name may contain.

    Parameters
    ----------
    path
        The bureau's own list beside the shipped one, which is empty; a file that is not there is
        an empty list.

    Returns
    -------
    Both lists together.

    Raises
    ------
    InputError
        If the file is not in the form of `layers/names/data/forbidden.yaml`.
    """
    shipped = files("layers.names").joinpath("data", "forbidden.yaml").read_text(encoding="utf-8")
    texts = [shipped]
    if path is not None and path.exists():
        texts.append(path.read_text(encoding="utf-8"))
    persons: list[str] = []
    brands: list[str] = []
    for text in texts:
        try:
            body = yaml.safe_load(text) or {}
            persons += _words(body.pop("persons", []))
            brands += _words(body.pop("brands", []))
        except (yaml.YAMLError, AttributeError, TypeError):
            body = {"?": None}
        if body:
            raise InputError(
                f"名单文件 {path} 应只有 persons 和 brands 两个清单，每项为一段文字，请改正。",
                code="name_lists",
                where=str(path),
            )
    return NameLists(tuple(persons), tuple(brands))


def _words(listed: object) -> list[str]:
    """Take a list of texts as it stands in a file.

    Raises
    ------
    TypeError
        If it is not one.
    """
    if not isinstance(listed, list) or not all(isinstance(w, str) and w.strip() for w in listed):
        raise TypeError
    return listed
