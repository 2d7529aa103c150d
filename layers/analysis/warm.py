"""Answers kept warm between questions: the same store asked again and again, as a page does.

What was read is kept as long as nothing is written to the layers it came from; a write shows in the
next question, whoever wrote. Reading from several threads is safe, and two that ask the same at the
same time compute it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import shapely

from geo.circles import service_circles
from geo.whatif import WhatIf
from layers.analysis.gaps import gap_answer
from layers.analysis.inputs import INPUT_LAYERS, read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.analysis.gaps import GapAnswer
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.store import Store

__all__ = ["ServedLand", "WarmCare"]

_KEPT = 32
"""Answers kept; the one used longest ago goes first."""

Value = TypeVar("Value")
Heads = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ServedLand:
    """Land within the question's limit.

    Attributes
    ----------
    each
        Id of a facility -> its circle, EPSG:4490.
    together
        Their union.
    """

    each: Mapping[str, BaseGeometry]
    together: BaseGeometry

    @classmethod
    def of(cls, inputs: ServiceInputs, facilities: gpd.GeoDataFrame | None = None) -> ServedLand:
        """Draw the circles of the counted facilities, or of others.

        Parameters
        ----------
        inputs
            What the question reads.
        facilities
            Points instead of the counted ones.

        Raises
        ------
        PlatformError
            As `geo.circles.service_circles`.
        """
        question = inputs.question
        circles = service_circles(
            inputs.network(),
            inputs.counted if facilities is None else facilities,
            minutes=(question.minutes,),
            speed_mps=question.speed_mps,
            direction=question.direction,
        )
        shapes = circles.geometry.to_numpy()
        each = dict(zip(circles["facility_id"], shapes, strict=True))
        return cls(each, shapely.union_all(shapes))


class WarmCare:
    """Care questions to one store.

    Parameters
    ----------
    store
        An open store.
    time_zone
        As `layers.analysis.inputs.read_inputs`.
    """

    def __init__(self, store: Store, *, time_zone: str = "Asia/Shanghai") -> None:
        self._store, self._time_zone = store, time_zone
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def inputs(self, question: CareQuestion) -> ServiceInputs:
        """Read what a question needs; networks are shared by all questions of a day.

        Parameters
        ----------
        question
            What is asked.

        Raises
        ------
        PlatformError
            As `layers.analysis.inputs.read_inputs`.
        """
        return self._inputs(self._heads(), question)

    def gaps(self, question: CareQuestion) -> GapAnswer:
        """Give the coverage gaps.

        Parameters
        ----------
        question
            What is asked.

        Raises
        ------
        PlatformError
            As `layers.analysis.gaps.gap_answer`.
        """
        heads = self._heads()
        return self._once(
            heads, "gaps", question, lambda: gap_answer(self._inputs(heads, question))
        )

    def land(self, question: CareQuestion) -> ServedLand:
        """Give the land that the facilities serve, each alone and all together.

        Parameters
        ----------
        question
            What is asked.

        Raises
        ------
        PlatformError
            As `geo.circles.service_circles`.
        """
        heads = self._heads()
        return self._once(
            heads, "land", question, lambda: ServedLand.of(self._inputs(heads, question))
        )

    def whatif(self, question: CareQuestion) -> WhatIf:
        """Give the county ready for moved candidates.

        Parameters
        ----------
        question
            What is asked.

        Raises
        ------
        PlatformError
            As `geo.whatif.WhatIf`.
        """
        heads = self._heads()
        return self._once(heads, "whatif", question, lambda: self._whatif(heads, question))

    def _heads(self) -> Heads:
        """Say where the layers stand, before anything of them is read.

        What is read may then be newer than it is kept for, never older: the next question has
        other heads and reads again.
        """
        return tuple(self._store.head(layer).seq for layer in INPUT_LAYERS)

    def _inputs(self, heads: Heads, question: CareQuestion) -> ServiceInputs:
        return self._once(heads, "inputs", question, lambda: self._read(heads, question))

    def _whatif(self, heads: Heads, question: CareQuestion) -> WhatIf:
        inputs = self._inputs(heads, question)
        return WhatIf(
            inputs.network(),
            inputs.counted,
            inputs.demand,
            by="unit",
            weight="weight",
            minutes=question.minutes,
            speed_mps=question.speed_mps,
            direction=question.direction,
        )

    def _read(self, heads: Heads, question: CareQuestion) -> ServiceInputs:
        # What mode, direction and limit change is not read from the store.
        plain = replace(question, minutes=15, mode="walk", direction="to_facility")
        if plain == question:
            made = read_inputs(self._store, question, time_zone=self._time_zone)
        else:
            made = replace(self._inputs(heads, plain), question=question)
        # Kinds, ages and units change nothing of the roads.
        same_roads = ("roads", question.as_of)
        network = self._once(heads, "network", (same_roads, question.mode), made.network)
        return made.on(network)

    def _once(self, heads: Heads, what: str, asked: Hashable, make: Callable[[], Value]) -> Value:
        key = (what, asked, heads)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Value = self._kept[key]
                return found
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]  # type: ignore[no-any-return]
            try:
                made = make()
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made
