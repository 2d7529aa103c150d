"""Tests of `layers.analysis`."""
