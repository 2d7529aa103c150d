"""Readers of foreign binary formats (xlsx, zip, GeoPackage), each run in a child process.

`entry` is what the child runs, under limits; `wire` carries what it read; the other modules are the
readers. The parent's side is `layers.importers.child`. Nothing is imported here: the child sets its
limits before it loads anything large.
"""
