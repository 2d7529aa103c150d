"""The command line `xygeo`."""

from api.cli.program import main

__all__ = ["main"]
