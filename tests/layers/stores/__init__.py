"""Tests of `layers.stores`."""
