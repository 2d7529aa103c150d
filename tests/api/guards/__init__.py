"""Tests of `api.guards`."""
