"""Templates of case documents, as data: title, paragraphs, forms, tables, places to sign.

`webmap/documents/templates/<type>.<name>.yaml` holds one. `{name}` stands for a field of
`layers.cases.document_rows`; what is not known prints 未载明.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["load_template", "template_names"]

_KEYS = {
    "heading": {"when"},
    "text": {"when", "indent"},
    "note": {"when"},
    "fields": {"when"},
    "table": {"columns", "empty", "size", "when"},
    "map": {"without"},
    "photos": set(),
    "signatures": set(),
    "closing": set(),
}
_COLUMN = {"title", "value", "width", "group", "form", "side", "missing"}


def template_names() -> tuple[str, ...]:
    """Names of all templates, ``type.name``, sorted."""
    folder = files("webmap.documents").joinpath("templates")
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


@cache
def load_template(name: str) -> Mapping[str, Any]:
    """Read one template.

    Parameters
    ----------
    name
        ``type.name`` of the document.

    Returns
    -------
    `title`, `across`, `reference_form`, `blocks`: a block has one key of its kind and its options.

    Raises
    ------
    InputError
        If there is none (``unknown_template``), or it has a word that no writer knows
        (``template``).
    """
    if name not in template_names():
        raise InputError(
            f"文书模板没有“{name}”，可选：{'、'.join(template_names())}。",
            code="unknown_template",
            where=name,
        )
    text = files("webmap.documents").joinpath("templates", f"{name}.yaml").read_text("utf-8")
    raw: dict[str, Any] = {"across": False, "reference_form": False, **yaml.safe_load(text)}
    if strange := _strange_words(raw):
        raise InputError(f"文书模板 {name} 有不认识的内容 {strange}。", code="template", where=name)
    return raw


def _strange_words(raw: Mapping[str, Any]) -> str:
    """Give what no writer knows, or nothing."""
    if others := set(raw) - {"title", "across", "reference_form", "blocks"}:
        return min(others)
    for block in raw["blocks"]:
        kinds = [kind for kind in _KEYS if kind in block]
        if len(kinds) != 1 or set(block) - {kinds[0]} - _KEYS[kinds[0]]:
            return str(sorted(block))
        for column in block.get("columns", ()):
            if others := set(column) - _COLUMN:
                return min(others)
    return ""
