"""Tests of `geo.siting`."""
