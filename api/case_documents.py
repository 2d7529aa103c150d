"""Documents of cases kept as made: written once, by the step that makes them, and never again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from geo.errors import PlatformError
from layers.cases import case as read_case
from layers.cases import document_rows, workflow
from layers.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.cases import Case
    from layers.files import Files
    from layers.store import Actor, Store

__all__ = ["document_list", "keep_made", "kept_document"]

_KIND = "documents"
"""Kind of the records beside the layers: ``case/document`` -> version and kept files."""


def keep_made(
    store: Store, files: Files, case: Case, actor: Actor, *, publisher: str = ""
) -> list[str]:
    """Write and keep what the last step of a case made.

    Parameters
    ----------
    store, files
        Of one data folder.
    case
        After the step.
    actor
        Who did it.
    publisher
        编制单位.

    Returns
    -------
    Chinese sentences on documents that could not be written. The step stands all the same, and
    `kept_document` tries again.
    """
    failed = []
    for name, version in sorted(case.documents.items()):
        if version != case.version:
            continue
        try:
            _keep(store, files, case.id, name, actor, publisher)
        except PlatformError as error:
            title = workflow(case.type).documents[name].title
            failed.append(f"{title}未能写出：{error}")
    return failed


def kept_document(
    store: Store,
    files: Files,
    case_id: str,
    name: str,
    suffix: str,
    actor: Actor,
    *,
    publisher: str = "",
) -> Path:
    """Give the kept file of a document.

    Parameters
    ----------
    store, files
        Of one data folder.
    case_id, name
        Which document.
    suffix
        ``docx`` or ``xlsx``.
    actor, publisher
        As in `keep_made`, for a document that was made but not kept: it is written from what was
        known then.

    Returns
    -------
    Where it stands; never to be changed.

    Raises
    ------
    NotFound
        If there is no such case, document or format, it is not made yet (``document_not_made``),
        or its file is gone (``unknown_file``).
    PlatformError
        If it cannot be written.
    """
    case = read_case(store, case_id)
    record = store.sheet_records(_KIND).get(f"{case_id}/{name}")
    if record is None or record["version"] != case.documents.get(name):
        record = _keep(store, files, case_id, name, actor, publisher)
    if suffix not in record["files"]:
        offered = "、".join(record["files"])
        raise NotFound(
            f"这份文书没有 {suffix} 格式，可选：{offered}。", code="document_format", where=suffix
        )
    return files.path(record["files"][suffix])


def document_list(store: Store, case: Case) -> list[dict[str, Any]]:
    """List the documents of a case's workflow.

    Parameters
    ----------
    store, case
        Which case.

    Returns
    -------
    `{name, title, formats, made, version, files}` in the order of the workflow; `files` are those
    kept, by format.
    """
    records = store.sheet_records(_KIND)
    listed = []
    for name, document in workflow(case.type).documents.items():
        version = case.documents.get(name)
        record: Mapping[str, Any] = records.get(f"{case.id}/{name}", {})
        current = version is not None and record.get("version") == version
        listed.append(
            {
                "name": name,
                "title": document.title,
                "formats": list(document.formats),
                "made": version is not None,
                "version": version,
                "files": dict(record["files"]) if current else {},
            }
        )
    return listed


def _keep(
    store: Store, files: Files, case_id: str, name: str, actor: Actor, publisher: str
) -> dict[str, Any]:
    from webmap.documents import write_document  # noqa: PLC0415 - office libraries, only here

    rows = document_rows(store, case_id, name)
    kept = {}
    with TemporaryDirectory() as folder:
        for suffix in rows["formats"]:
            written = Path(folder) / f"{name}.{suffix}"
            write_document(rows, written, files=files, publisher=publisher)
            kept[suffix] = files.put(written.read_bytes(), suffix)
    key = f"{case_id}/{name}"
    before = store.sheet_records(_KIND).get(key)
    record = {
        "version": rows["version"],
        "made_on": rows["made_on"],
        "title": rows["title"],
        "files": kept,
        "earlier": [
            *(before or {}).get("earlier", ()),
            *([{k: v for k, v in before.items() if k != "earlier"}] if before else []),
        ],
    }
    store.put_sheet_record(_KIND, key, record, actor=actor)
    return record
