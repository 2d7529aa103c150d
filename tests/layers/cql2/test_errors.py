from __future__ import annotations

from geo.errors import InputError
from layers.cql2.errors import FilterError


def test_a_filter_error_names_the_parameter_and_what_is_wrong() -> None:
    error = FilterError("太长，请缩短")
    assert isinstance(error, InputError)
    assert (error.code, error.where) == ("bad_filter", "filter")
    assert str(error) == "筛选条件 filter 太长，请缩短。"
