"""Files to the store: read, checked by row, written whole or not at all.

`import_file` is the door. A format is a module that opens a file as a `tables.Table`
(`csv_file`, `geojson_file`, `osm_roads`; `child` for the foreign binary formats of
`layers.readers`); `rows` checks and completes what it gives.
"""

from __future__ import annotations

from layers.importers.importing import ImportReport, import_file

__all__ = ["ImportReport", "import_file"]
