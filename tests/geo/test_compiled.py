import sys

import pytest

from geo import compiled
from geo.compiled import kernel


def test_function_is_compiled_for_its_signature():
    @kernel("int64(int64)")
    def doubled(n):
        return 2 * n

    assert doubled(21) == 42
    with pytest.raises(TypeError):
        doubled("21")


def test_no_folder_for_the_cache_is_no_obstacle(monkeypatch):
    plain = compiled.numba.njit

    def njit(*args, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return plain(*args, **options)

    monkeypatch.setattr(compiled.numba, "njit", njit)
    assert kernel("int64(int64)")(lambda n: n + 1)(1) == 2
    assert "numba" in sys.modules
