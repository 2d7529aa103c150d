"""The county's names: search, and what a name must keep to."""

from layers.names.checks import NameFinding, check_name, check_stored_names
from layers.names.lists import name_lists
from layers.names.search import search
from layers.names.spelling import Proposal, proposals

__all__ = [
    "NameFinding",
    "Proposal",
    "check_name",
    "check_stored_names",
    "name_lists",
    "proposals",
    "search",
]
