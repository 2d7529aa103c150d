"""Where data come from and how far they may be trusted; merged, never lost.

Every feature carries `quality` (of its geometry) and `source`. A result carries the worst quality
and all sources of what it was made from, and prints the notice as soon as one row is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["NOTICE", "QUALITIES", "QUALITY_TITLES", "Provenance", "merge", "provenance_of"]

QUALITIES = ("synthetic", "approximate", "surveyed")
"""From the least to the most trusted; raising it needs a reviewer and a reason."""

QUALITY_TITLES = {"synthetic": "示意", "approximate": "近似", "surveyed": "实测"}
"""Quality -> Chinese title."""

NOTICE = "示意数据 非法定"
"""What every map, table and document made from synthetic rows says."""

_OSM_LINE = "© OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True)
class Provenance:
    """The quality and the sources of a result.

    Attributes
    ----------
    quality
        One of `QUALITIES`: the worst of all rows used.
    sources
        Each source once, in the order of first use.

    Raises
    ------
    InputError
        If the quality is not one of `QUALITIES`.
    """

    quality: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.quality not in QUALITIES:
            raise InputError(
                f"精度等级不能是“{self.quality}”，可选：{'、'.join(QUALITIES)}。", where="quality"
            )

    @property
    def notice(self) -> str:
        """示意数据 非法定 as soon as one row was made up, else nothing."""
        return NOTICE if self.quality == "synthetic" else ""

    @property
    def attributions(self) -> tuple[str, ...]:
        """The lines that must stand on a map or table: the sources, licences spelled out.

        A source may name several, parted by "；" (a real name and an invented place): each is
        said once.
        """
        parts = (part.strip() for source in self.sources for part in source.split("；"))
        lines = (_OSM_LINE if "openstreetmap" in part.casefold() else part for part in parts)
        return _unique(lines)

    def to_json(self) -> dict[str, Any]:
        """Give `quality`, `sources`, `source` (one line) and `notice` as every answer has them."""
        return {
            "quality": self.quality,
            "source": "；".join(self.attributions),
            "sources": list(self.sources),
            "notice": self.notice,
        }


def merge(*provenances: Provenance) -> Provenance:
    """Provenance of a result made from several: worst quality, all sources.

    Parameters
    ----------
    provenances
        At least one; their order is the order of the sources.

    Returns
    -------
    The merged provenance.

    Raises
    ------
    InputError
        If none is given: a result made from nothing has no provenance.
    """
    if not provenances:
        raise InputError("没有数据来源可合并，请至少给出一个图层。", where="provenances")
    worst = min((p.quality for p in provenances), key=QUALITIES.index)
    return Provenance(worst, _unique(s for p in provenances for s in p.sources))


def provenance_of(*frames: pd.DataFrame) -> Provenance:
    """Provenance of everything in these frames.

    Parameters
    ----------
    frames
        Frames with columns `quality` and `source` as `layers.store.read_frame` gives them. A row
        without quality counts as approximate (the store's own default); empty frames add nothing.

    Returns
    -------
    Worst quality over all rows, sources in order of first appearance. No rows at all: approximate
    without sources.
    """
    qualities: set[str] = set()
    sources: list[str] = []
    for frame in frames:
        if "quality" in frame:
            qualities.update(frame["quality"].fillna("approximate"))
        elif len(frame):
            qualities.add("approximate")
        if "source" in frame:
            sources.extend(frame["source"].dropna().unique())
    worst = min(qualities, key=QUALITIES.index, default="approximate")
    return Provenance(worst, _unique(sources))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))
