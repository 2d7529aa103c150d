"""How loops are compiled: one signature each, kept on disk, importable where numba may not write.

Importing numba costs a second, so modules that import this one are imported inside functions.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["kernel"]

_F = TypeVar("_F", bound="Callable[..., object]")


def kernel(signature: object) -> Callable[[_F], _F]:
    """Compile a function for one signature, without the GIL.

    Parameters
    ----------
    signature
        In numba's words, as `float64(int32[::1], float64)`, or as its object where records occur.

    Returns
    -------
    The decorator. Machine code is cached beside the source, or in the user's cache folder where
    that is read-only (numba finds it); with neither, it is compiled anew in each process.
    """

    def compiled(function: _F) -> _F:
        compile_it = partial(numba.njit, signature, nogil=True, error_model="numpy")
        try:
            return cast("_F", compile_it(cache=True)(function))
        except RuntimeError:  # numba: "cannot cache function: no locator available"
            return cast("_F", compile_it()(function))

    return compiled
