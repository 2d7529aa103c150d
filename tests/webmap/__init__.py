"""Tests of `webmap`."""
