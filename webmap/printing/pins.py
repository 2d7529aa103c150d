"""Places of names set by hand, from a file or from the store."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from webmap.printing.errors import SheetError

if TYPE_CHECKING:
    from layers.store import Store

__all__ = ["Pin", "read_pins", "stored_pins"]


@dataclass(frozen=True)
class Pin:
    """The middle of a name's text on the page, mm from the upper left corner."""

    layer: str
    id: str
    x_mm: float
    y_mm: float

    def to_json(self) -> dict[str, Any]:
        """Give the pin as in a pins file."""
        return asdict(self)


def read_pins(
    given: str | os.PathLike[str] | Iterable[Pin | Mapping[str, Any]] | None,
) -> tuple[Pin, ...]:
    """Read pins from a YAML file, or from mappings already read.

    Parameters
    ----------
    given
        A file name, pins or mappings of `layer id x_mm y_mm`; None is no pins.

    Raises
    ------
    SheetError
        If the file cannot be read, or an entry lacks a part or has no number.
    """
    if given is None:
        return ()
    if isinstance(given, str | os.PathLike):
        name = Path(given).name
        try:
            rows = yaml.safe_load(Path(given).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SheetError(
                f"读不了定位文件 {name}，应为 UTF-8 的 YAML 列表。", where=name
            ) from error
    else:
        name, rows = "pins", list(given)
    if not isinstance(rows, list):
        raise SheetError(f"定位文件 {name} 应为列表 [{{layer, id, x_mm, y_mm}}]。", where=name)
    return tuple(_pin(row, number, name) for number, row in enumerate(rows, 1))


def stored_pins(store: Store, key: str) -> tuple[Pin, ...]:
    """Pins kept with a sheet.

    Parameters
    ----------
    store
        Keeps them.
    key
        Recipe and paper, as ``circles/A3``.
    """
    record = store.sheet_records("pins").get(key, {})
    return read_pins(record.get("pins", []))


def _pin(row: Any, number: int, name: str) -> Pin:  # noqa: ANN401  (a file's edge)
    if isinstance(row, Pin):
        return row
    try:
        pin = Pin(str(row["layer"]), str(row["id"]), float(row["x_mm"]), float(row["y_mm"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SheetError(
            f"{name} 第 {number} 项缺少 layer、id、x_mm、y_mm 或坐标不是数字，请改正。",
            where=f"{name}#{number}",
        ) from error
    if not (math.isfinite(pin.x_mm) and math.isfinite(pin.y_mm)):
        raise SheetError(f"{name} 第 {number} 项的坐标不是数字，请改正。", where=f"{name}#{number}")
    return pin
