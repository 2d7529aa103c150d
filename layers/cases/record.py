"""One case as it stands, between its row in the store and what people ask about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from layers.errors import NotFound
from layers.history import canonical_json
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from layers.store import Store

__all__ = ["CASES", "Case", "children_of", "read_case", "read_cases"]

CASES = "cases"
"""The unlisted layer that holds the cases."""

_STEPS = "steps"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case after its last step.

    Attributes
    ----------
    id, type, title, state, version, parent_id
        As stored; `version` is that of the last step.
    opened_on, step_on
        Business days of the opening and of the last step.
    action, from_state, actor
        The last step: what, from where, by whom.
    resume_state
        Where a paused case goes on, or nothing.
    step_data
        What the last step brought.
    data
        What all steps brought; later values replace earlier ones.
    steps
        Action -> {`version`, `on`} of the last time that it was done.
    documents
        Document -> version of the case that made it.
    quality
        ``synthetic`` where the case is made up; what it writes into other layers is so too.
    """

    id: str
    type: str
    title: str
    state: str
    version: int = 0
    parent_id: str | None = None
    opened_on: date
    step_on: date
    action: str
    from_state: str = ""
    actor: str = ""
    resume_state: str = ""
    step_data: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    steps: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, int] = field(default_factory=dict)
    quality: str = "approximate"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Case:
        """Make a case of a row of the layer `cases`."""
        data = json.loads(row["data"])
        return cls(
            id=row["id"],
            type=row["type"],
            title=row["title"],
            state=row["state"],
            version=row["version"],
            parent_id=row["parent_id"],
            opened_on=row["opened_on"],
            step_on=row["step_on"],
            action=row["action"],
            from_state=row["from_state"] or "",
            actor=row["updated_by"],
            resume_state=row["resume_state"] or "",
            step_data=json.loads(row["step_data"] or "{}"),
            steps=data.pop(_STEPS, {}),
            data=data,
            documents=row["documents"] or {},
            quality=row["quality"],
        )

    def row(self) -> dict[str, Any]:
        """Give the row of the layer `cases`; `version` and `updated_by` are the store's."""
        return {
            "id": self.id or None,
            "type": self.type,
            "title": self.title,
            "state": self.state,
            "parent_id": self.parent_id,
            "opened_on": self.opened_on,
            "step_on": self.step_on,
            "action": self.action,
            "from_state": self.from_state or None,
            "resume_state": self.resume_state or None,
            "step_data": canonical_json(self.step_data),
            "data": canonical_json({**self.data, _STEPS: self.steps}),
            "documents": dict(self.documents) or None,
            "quality": self.quality,
        }


def read_case(store: Store, case_id: str) -> Case:
    """Read one case.

    Raises
    ------
    NotFound
        If there is none of this id, code ``unknown_case``.
    """
    try:
        return Case.of(store.get(CASES, case_id))
    except NotFound:
        raise NotFound(
            f"没有编号为“{case_id}”的办件，请用 xygeo case list 查看。",
            code="unknown_case",
            where=case_id,
        ) from None


def read_cases(
    store: Store, *, type: str | None = None, parent_id: str | None = None
) -> list[Case]:
    """Read cases, of one type or of one parent, by business day of opening and id."""
    ids = None
    if (type, parent_id) != (None, None):
        # The columns first: of thousands of cases a step looks at a few, and reading one is slow.
        ids = [
            id
            for id, of_type, parent in store.values(CASES, ("id", "type", "parent_id"))
            if type in {None, of_type} and parent_id in {None, parent}
        ]
        if not ids:
            return []
    found = [Case.of(row) for row in store.find(CASES, Query(ids=ids))]
    return sorted(found, key=lambda case: (case.opened_on, case.id))


def children_of(store: Store) -> dict[str, list[str]]:
    """Give the ids of the children of every case that has some, by day of opening and id."""
    found: dict[str, list[str]] = {}
    rows = store.values(CASES, ("parent_id", "opened_on", "id"))
    for parent, _, id in sorted(row for row in rows if row[0] is not None):
        found.setdefault(parent, []).append(id)
    return found
