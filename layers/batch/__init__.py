"""Many counties at once: one task a county, on this machine's cores or on a Dask cluster."""

from __future__ import annotations

from layers.batch.cluster import BatchError
from layers.batch.manifest import CountyTask, Manifest, read_manifest
from layers.batch.running import BatchAnswer, run_counties

__all__ = ["BatchAnswer", "BatchError", "CountyTask", "Manifest", "read_manifest", "run_counties"]
