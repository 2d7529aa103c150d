"""How loops are compiled: one signature each, kept on disk, importable where numba may not write.

Importing numba costs a second, so modules that import this one are imported inside functions.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numba.core.base import BaseContext
    from numba.core.typing.templates import Signature

__all__ = ["kernel", "prefetch"]

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


def _prefetch(
    _typing: object, array: types.Type, position: types.Type
) -> tuple[Signature, Callable[..., ir.Value]]:
    """Tell numba what a call for memory is, and how it is written."""

    def write(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, given: list[ir.Value]
    ) -> ir.Value:
        begin = make_array(signature.args[0])(context, builder, given[0]).data  # type: ignore[no-untyped-call]
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        called = ir.FunctionType(ir.VoidType(), (byte, word, word, word))
        name = "llvm.prefetch.p0i8"
        call = cgutils.get_or_insert_function(builder.module, called, name)  # type: ignore[no-untyped-call]
        place = builder.bitcast(builder.gep(begin, [given[1]]), byte)
        # To be read, soon and more than once, as data.
        builder.call(call, [place, word(0), word(3), word(1)])
        return context.get_dummy_value()  # type: ignore[no-untyped-call]

    return types.void(array, position), write


prefetch = cast("Callable[[object, object], None]", intrinsic(_prefetch))
"""Call for an element of an array that a compiled loop will soon read, without waiting for it."""
