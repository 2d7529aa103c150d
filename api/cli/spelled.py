"""Groups of options: written once as a dataclass, spelled out in every command that takes them."""

from __future__ import annotations

import functools
import inspect
from dataclasses import MISSING, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["spelled"]


def spelled(command: Callable[..., None]) -> Callable[..., None]:
    """Spell out the groups among a command's parameters as options of their own.

    A parameter whose type is a dataclass stands for the fields of it: each an option, with the
    name, type, help and default that the dataclass gives it. The command is called with the
    dataclass filled in.

    Parameters
    ----------
    command
        Its group parameters have no default; every field of a group has one.

    Returns
    -------
    The command as typer must see it.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, tuple[type, list[str]]] = {}
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind) and isinstance(kind, type):
            options = list(_options(kind))
            groups[parameter.name] = (kind, [option.name for option in options])
            parameters += options
        else:
            parameters.append(parameter.replace(annotation=kind))

    @functools.wraps(command)
    def spelled_out(**words: Any) -> None:  # noqa: ANN401 - whatever the options hold
        for name, (kind, options) in groups.items():
            words[name] = kind(**{option: words.pop(option) for option in options})
        command(**words)

    spelled_out.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    )
    spelled_out.__annotations__ = {one.name: one.annotation for one in parameters}
    return spelled_out


def _options(group: type) -> Iterator[inspect.Parameter]:
    """Give the fields of a group; a class's own stand before those that it inherits."""
    hints = get_type_hints(group, include_extras=True)
    fields = group.__dataclass_fields__  # type: ignore[attr-defined]
    names = [name for kind in group.__mro__ for name in inspect.get_annotations(kind)]
    for name in dict.fromkeys(names):
        default = fields[name].default
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if default is MISSING else default,
            annotation=hints[name],
        )
