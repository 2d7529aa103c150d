"""Compute: frames, geometries and arrays in; new ones out. No database, no web, no clock."""
