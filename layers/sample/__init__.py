"""The seeded sample county: real outline, names, codes and totals; all else made up and flagged.

One module a layer; `layout` holds what they share. Nothing here uses a sine, a logarithm or the
clock: the same seed gives the same bytes on every machine.
"""

from layers.sample.fill import SAMPLE_ACTOR, fill_sample, require_sample, write_sample_files
from layers.sample.rows import SAMPLE_LAYERS, sample_rows
from layers.sample.stamp import SAMPLE_CLOCK, SAMPLE_TIME

__all__ = [
    "SAMPLE_ACTOR",
    "SAMPLE_CLOCK",
    "SAMPLE_LAYERS",
    "SAMPLE_TIME",
    "fill_sample",
    "require_sample",
    "sample_rows",
    "write_sample_files",
]
