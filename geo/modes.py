"""The three modes of travel: which OpenStreetMap ways each may use, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geo.errors import NetworkError

__all__ = ["CAR_KMH", "ETRIKE_MPS", "MODES", "Mode", "require_mode"]

ETRIKE_MPS: Final = 15 / 3.6
"""Speed of an electric tricycle, the same on every road."""

_LINKED: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
_SMALL: Final = ("unclassified", "residential", "living_street", "service", "road", "track")
_FOOT: Final = ("pedestrian", "footway", "path", "steps", "bridleway", "corridor")
CAR_KMH: Final = {
    "motorway": 100,
    "trunk": 70,
    "primary": 60,
    "secondary": 50,
    "tertiary": 40,
    "unclassified": 30,
    "residential": 25,
    "living_street": 10,
    "service": 15,
    "road": 30,
    "track": 15,
}
"""Speed of a car by `highway` class, km/h; a link has that of its class."""


@dataclass(frozen=True)
class Mode:
    """What one way of travelling may use.

    Attributes
    ----------
    speeds_mps
        `highway` class -> speed, m/s; NaN: the caller's walking speed. Other classes are no road.
    access
        Access tags, the first one present decides.
    oneway
        Whether one-way rules bind it.
    """

    speeds_mps: dict[str, float]
    access: tuple[str, ...]
    oneway: bool


def _with_links(speeds: dict[str, float]) -> dict[str, float]:
    return speeds | {f"{name}_link": speeds[name] for name in _LINKED if name in speeds}


MODES: Final = {
    "walk": Mode(
        _with_links(dict.fromkeys((*_LINKED[1:], *_SMALL, "cycleway", *_FOOT), float("nan"))),
        ("foot", "access"),
        oneway=False,
    ),
    "etrike": Mode(
        _with_links(dict.fromkeys((*_LINKED[1:], *_SMALL, "cycleway"), ETRIKE_MPS)),
        ("motor_vehicle", "vehicle", "access"),
        oneway=True,
    ),
    "car": Mode(
        _with_links({name: kmh / 3.6 for name, kmh in CAR_KMH.items()}),
        ("motorcar", "motor_vehicle", "vehicle", "access"),
        oneway=True,
    ),
}
"""The three modes of travel."""


def require_mode(mode: str) -> Mode:
    """Return what a mode may use.

    Parameters
    ----------
    mode
        `walk`, `etrike` or `car`.

    Raises
    ------
    NetworkError
        `unknown_mode`.
    """
    if mode not in MODES:
        raise NetworkError(
            f"出行方式“{mode}”不认识，可选：{'、'.join(MODES)}。", code="unknown_mode", where="mode"
        )
    return MODES[mode]
