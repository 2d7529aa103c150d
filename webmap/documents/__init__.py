"""Tables and papers for the office: sheets of rows that other rooms have computed."""

from webmap.documents.case_documents import write_document
from webmap.documents.gap_table import write_gaps
from webmap.documents.layer_paper import write_layer
from webmap.documents.scenario_table import write_scenario
from webmap.documents.site_table import write_sites

__all__ = ["write_document", "write_gaps", "write_layer", "write_scenario", "write_sites"]
