"""Stored layers meet `geo` here: one module a question."""
