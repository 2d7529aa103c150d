"""What a row may change without a reviewer's reason; the same in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.errors import NotAllowed
from layers.provenance import QUALITIES, QUALITY_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.records import Record
    from layers.schema import Field, LayerSchema

__all__ = ["require_usual"]


def require_usual(
    schema: LayerSchema,
    owned: Sequence[Field],
    record: Record,
    old: Mapping[str, Any] | None,
    number: int,
) -> None:
    """Refuse what only a reviewer with a reason may write.

    Parameters
    ----------
    schema
        The layer's.
    owned
        Its fields with values that casework owns; the caller finds them once for many rows.
    record
        Complete, as it will be stored.
    old
        Body of the present version; None: there is none.
    number
        Row number, for messages.

    Raises
    ------
    NotAllowed
        `by_case_only`: a value that casework owns; `quality_raise`: a better quality than before
        (than approximate, for a new row).
    """
    for field in owned:
        before, after = (old or {}).get(field.name), record.values.get(field.name)
        touched = [code for code in field.by_cases if code in {before, after}]
        if before != after and touched:
            raise NotAllowed(
                f"{schema.title}第 {number} 行（{record.id}）的{field.title}"
                f"“{field.codes[touched[0]]}”由办件流程定；已有名册须由审核人（reviewer）写明理由导入。",
                code="by_case_only",
                where=field.name,
            )
    quality = record.values["quality"]
    before = "approximate" if old is None else old["quality"]
    if QUALITIES.index(quality) <= QUALITIES.index(before):
        return
    raise NotAllowed(
        f"{schema.title}第 {number} 行（{record.id}）把精度等级提高为"
        f"“{QUALITY_TITLES[quality]}”：须由审核人（reviewer）办理并写明理由。",
        code="quality_raise",
        where=record.id,
    )
