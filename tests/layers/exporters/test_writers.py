"""Every ending that may be asked for has its writer."""

from __future__ import annotations

from layers.exporters import SUFFIXES
from layers.exporters.writers import WRITERS


def test_what_is_offered_can_be_written():
    assert tuple(sorted(WRITERS)) == SUFFIXES
