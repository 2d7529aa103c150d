"""What the papers of a place name say: consultation, application, filing, announcement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.cases.deadlines import due_of
from layers.cases.papers.made import Content, Made
from layers.derived import plain_pinyin

if TYPE_CHECKING:
    from typing import Any

__all__ = ["place_name_content"]

_OWN = (
    "name", "pinyin_tone", "division_code", "meaning", "origin", "reason", "location",
    "consult_from", "consult_to", "summary", "opinion", "authority", "document_no", "approved_on",
    "filed_on", "announced_on", "channels",
)  # fmt: skip
_ANNOUNCED = ("name", "pinyin_tone", "division", "location", "authority", "approved_on")


def place_name_content(made: Made) -> Content:
    """Give the content of a document of a place name.

    Parameters
    ----------
    made
        The case after the step that made it.

    Returns
    -------
    Fields of the name, its approval and deadlines: `given` is known where a name comes into force,
    `given_up` where one is given up, `replaced` is the old name of a renaming. Table `reasons`:
    warnings of the check that were answered; `names`: what is announced.
    """
    content = Content()
    data = made.data
    fields: dict[str, Any] = {name: data.get(name) for name in _OWN}
    fields["kind"] = made.code("kind")
    fields["pinyin_plain"] = plain_pinyin(data["pinyin_tone"])
    fields["division"] = made.division(data["division_code"])
    county = made.then.row("divisions", f"{data['division_code'][:6]}000000")
    fields["county"] = None if county is None else county["name"]
    old = data.get("old_name_id")
    before = None if old is None else made.then.row("place_names", old)
    content.use(before)
    purpose = data.get("purpose") or ("naming" if old is None else "renaming")
    fields["action"] = made.flow.form.fields["purpose"].codes[purpose]
    fields["old_name"] = old if before is None else before["name"]
    fields["before"] = fields["old_name"] or "无（新命名）"
    fields["given"] = None if purpose == "retirement" else data["name"]
    fields["given_up"] = data["name"] if purpose == "retirement" else None
    fields["replaced"] = fields["old_name"] if purpose == "renaming" else None
    fields["announcement"] = "地名销名公告" if purpose == "retirement" else "标准地名公告"
    fields["basis"] = made.flow.due[0].basis
    due = {
        rule.after: one.on
        for one in due_of(made.then.store, made.case, on=made.case.step_on)
        for rule in made.flow.due
        if rule.what == one.what
    }
    fields["filing_due"], fields["announce_due"] = due.get("approve"), due.get("file")
    content.fields = fields
    content.tables["reasons"] = [
        {"code": code, "reason": reason} for code, reason in sorted(data.get("reasons", {}).items())
    ]
    content.tables["names"] = [{"n": 1, **{key: fields[key] for key in _ANNOUNCED}}]
    return content
