"""The contract of documents: what one of a case says, as it was when it was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from layers.cases.papers.heritage import heritage_content
from layers.cases.papers.inspection import inspection_content
from layers.cases.papers.made import Content, Made, plain
from layers.cases.papers.place_name import place_name_content
from layers.cases.papers.siting import siting_content
from layers.cases.papers.then import Then, case_steps
from layers.cases.record import read_case
from layers.cases.workflows import workflow
from layers.errors import NotFound

if TYPE_CHECKING:
    from layers.store import Store

__all__ = ["CONTENTS", "document_rows"]


def document_rows(store: Store, case_id: str, name: str) -> dict[str, Any]:
    """Give what a document of a case says, as it was known when the case made it.

    Parameters
    ----------
    store
        An open store.
    case_id
        Which case.
    name
        Of the document, as in the case's workflow.

    Returns
    -------
    Only what JSON has: `type`, `name` (the template), `title`, `case_id`, `case_title`, `version`
    and `made_on` of the step that made it, `formats`, `fields` (name -> value, None where it is
    not known), `tables` (name -> rows), `map` (None without geometry), `photos` (kept files),
    `quality`, `source`, `sources`, `notice`. Later steps and later changes of other layers do not
    change it.

    Raises
    ------
    NotFound
        If there is no such case, no such document (``unknown_document``), or it is not made yet
        (``document_not_made``).
    """
    case = read_case(store, case_id)
    flow = workflow(case.type)
    if name not in flow.documents:
        offered = "、".join(f"{key}（{one.title}）" for key, one in flow.documents.items())
        raise NotFound(
            f"{flow.title}没有文书“{name}”，可选：{offered or '（没有文书）'}。",
            code="unknown_document",
            where=name,
        )
    document = flow.documents[name]
    if name not in case.documents:
        maker = next(step.action for step in flow.steps if step.document == name)
        raise NotFound(
            f"“{case.title}”的{document.title}还没有形成，办理“{flow.actions[maker]}”后才有。",
            code="document_not_made",
            where=name,
        )
    steps = [one for one in case_steps(store, case_id) if one[1].version <= case.documents[name]]
    seq, then = steps[-1]
    made = Made(
        name=name,
        case=then,
        steps=tuple(one for _, one in steps),
        flow=flow,
        then=Then(store, seq, then.step_on),
    )
    content = CONTENTS.get(case.type, _own_content)(made)
    return {
        "type": case.type,
        "name": name,
        "title": document.title,
        "case_id": case.id,
        "case_title": then.title,
        "version": then.version,
        "made_on": then.step_on.isoformat(),
        "formats": list(document.formats),
        "fields": plain(content.fields),
        "tables": plain(content.tables),
        "map": content.map,
        "photos": content.photos,
        **content.provenance(then.quality).to_json(),
    }


def _own_content(made: Made) -> Content:
    """Give what the form of a case has: for workflows whose documents need no other layer."""
    fields = {
        key: made.code(key) if field.codes and field.type == "text" else made.data.get(key)
        for key, field in made.flow.form.fields.items()
    }
    tables = {one.into: list(made.data.get(one.into, ())) for one in made.flow.collects.values()}
    return Content(fields=fields, tables=tables)


CONTENTS: dict[str, Callable[[Made], Content]] = {
    "heritage": heritage_content,
    "inspection": inspection_content,
    "place_name": place_name_content,
    "siting": siting_content,
}
"""Case type -> function that gives the content of its documents; others have their own data."""
