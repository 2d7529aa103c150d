"""Measures; asserts no time."""
