"""Callers tell the errors apart by class and code."""

from __future__ import annotations

import pytest

from geo.errors import PlatformError
from layers import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_a_platform_error_with_a_code_of_its_own(name):
    error = getattr(errors, name)("某处有误，请改。", where="here")
    assert isinstance(error, PlatformError)
    assert error.code == getattr(errors, name).code != PlatformError.code
    assert error.where == "here"


def test_a_stale_version_is_a_conflict():
    assert issubclass(errors.StaleVersion, errors.Conflict)


def test_an_invalid_record_carries_its_findings():
    assert errors.InvalidRecord("错", findings=[1, 2]).findings == (1, 2)
