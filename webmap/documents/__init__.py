"""Tables and papers for the office: sheets of rows that other rooms have computed."""

from webmap.documents.gap_table import write_gaps

__all__ = ["write_gaps"]
