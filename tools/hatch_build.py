"""Build hook: a wheel carries the browser libraries, so that installing it needs no node."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import assets


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Fetch the libraries before a wheel or sdist is packed; an editable install needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch them; without npm the wheel lacks only the live page.

        Raises
        ------
        assets.AssetsError
            If they cannot be had and `XYGEO_REQUIRE_ASSETS=1` says they must.
        """
        if version == "editable":
            return
        try:
            assets.build()
        except assets.AssetsError as error:
            if os.environ.get("XYGEO_REQUIRE_ASSETS") == "1":
                raise
            self.app.display_warning(f"{error}; the wheel is built without the live page")
