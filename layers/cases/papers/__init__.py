"""What the documents of cases say, as data: `webmap.documents` puts them on paper."""

from layers.cases.papers.plates import plate_rows
from layers.cases.papers.rows import document_rows

__all__ = ["document_rows", "plate_rows"]
