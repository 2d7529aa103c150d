import sys

import numpy as np
import pytest

from geo import compiled
from geo.compiled import kernel, prefetch


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


def test_a_call_for_memory_is_compiled_and_changes_nothing():
    @compiled.numba.njit("f8(f8[::1])")  # not kept on disk, for that code cannot be looked into
    def total(numbers):
        found = 0.0
        for i in range(len(numbers)):
            prefetch(numbers, np.uint64(i + 8))  # past the end too: it is a wish, not a reading
            found += numbers[i]
        return found

    numbers = np.arange(10.0)
    assert total(numbers) == 45
    assert numbers.tolist() == list(range(10))
    assert "prefetch" in next(iter(total.inspect_asm().values()))
