"""Casework: one engine over `layers/workflows/*.yaml`, from opening to the archived record."""

from layers.cases.deadlines import Due, due_of, inspection_calendar
from layers.cases.engine import ROLE_TITLES, act, open_case, record_past_case
from layers.cases.papers import document_rows, plate_rows
from layers.cases.photos import Photo, add_photo
from layers.cases.reading import actions, case, case_json, cases, cases_json, history
from layers.cases.record import Case
from layers.cases.workflows import workflow, workflow_names

__all__ = [
    "ROLE_TITLES",
    "Case",
    "Due",
    "Photo",
    "act",
    "actions",
    "add_photo",
    "case",
    "case_json",
    "cases",
    "cases_json",
    "document_rows",
    "due_of",
    "history",
    "inspection_calendar",
    "open_case",
    "plate_rows",
    "record_past_case",
    "workflow",
    "workflow_names",
]
