"""Documents as pages for people: templates beside this module, filled with what JSON says."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

__all__ = ["cell", "render", "stylesheet"]


def render(template: str, **values: object) -> bytes:
    """Fill a template.

    Parameters
    ----------
    template
        Name of a file in ``templates``, without ending.
    values
        What it names; all text in it is escaped.

    Returns
    -------
    The page, UTF-8; it has no script and loads nothing but our stylesheet.
    """
    return _environment().get_template(f"{template}.html").render(**values).encode("utf-8")


def stylesheet() -> bytes:
    """Give the stylesheet of all pages."""
    return files("api.ogc").joinpath("templates", "style.css").read_bytes()


def cell(field: Field, value: Any) -> str:  # noqa: ANN401 - what a feature's property holds
    """Write a property as people read it: titles of codes, words for truth values.

    Parameters
    ----------
    field
        Of the property.
    value
        As JSON has it; an unread JSON text is shown as it is.

    Returns
    -------
    The text, to be escaped.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_titled(field.codes, item) for item in value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return _titled(field.codes, value)


def _titled(codes: Mapping[str, str], value: object) -> str:
    text = str(value)
    return codes.get(text, text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _source(name: str) -> str:
    return files("api.ogc").joinpath("templates", name).read_text(encoding="utf-8")
