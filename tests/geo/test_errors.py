import pytest

from geo import errors
from geo.errors import CrsError, GeometryError, InputError, NetworkError, PlatformError


@pytest.mark.parametrize("kind", [CrsError, GeometryError, InputError, NetworkError])
def test_each_error_is_the_platforms_and_a_value_error(kind):
    error = kind("第 3 行缺少坐标，请补上。", code="missing", where="3")
    assert isinstance(error, PlatformError)
    assert isinstance(error, ValueError)
    assert (str(error), error.code, error.where) == ("第 3 行缺少坐标，请补上。", "missing", "3")


def test_an_error_without_code_has_that_of_its_class():
    assert [kind("x").code for kind in (CrsError, NetworkError)] == ["crs", "network"]


def test_a_code_of_its_own_does_not_change_the_class():
    CrsError("x", code="crs_missing")
    assert CrsError.code == "crs"


def test_the_docstring_shows_the_whole_tree():
    assert all(name in errors.__doc__ for name in errors.__all__)
