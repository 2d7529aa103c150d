"""Filters whose types go together, drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from layers.cql2.fitting import TEMPORAL

_number = st.recursive(
    st.sampled_from(["size", "share", "version", "0", "1", "-7", "2.5", "1e300", "-0.5"]),
    lambda inner: st.builds(
        lambda first, op, second: f"({first} {op} {second})",
        inner,
        st.sampled_from(["+", "-", "*", "/", "%", "^", "div"]),
        inner,
    ),
    max_leaves=4,
)
_text = st.recursive(
    st.sampled_from(["name", "id", "quality", "'a'", "'Straße'", "'ΟΔΟΣ'", "''", "'香园'"]),
    lambda inner: st.builds(
        lambda fold, text: f"{fold}({text})", st.sampled_from(["CASEI", "ACCENTI"]), inner
    ),
    max_leaves=3,
)
_day = st.sampled_from(["opened", "valid_from", "valid_to", "DATE('2024-01-01')"])
_moment = st.sampled_from(["seen", "TIMESTAMP('2024-01-01T12:00:00Z')"])
_days = st.one_of(
    _day,
    st.builds(
        lambda start, end: f"INTERVAL({start},{end})",
        st.sampled_from(["'..'", "'2023-12-31'", "opened", "valid_from"]),
        st.sampled_from(["'..'", "'2024-06-30'", "opened", "valid_to"]),
    ),
)
_list = st.sampled_from(["tags", "('x')", "('y','x')", "()"])
_pattern = st.sampled_from(["'%'", "'_%'", "'%\\%%'", "'%\\_\\\\%'", "CASEI('%S%')", "''"])
_compare = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])
_relation = st.sampled_from(TEMPORAL)
_set = st.sampled_from(["EQUALS", "CONTAINS", "CONTAINEDBY", "OVERLAPS"])

_condition = st.one_of(
    st.sampled_from(["open", "TRUE", "FALSE", "open = TRUE", "open IN (FALSE)"]),
    *(
        st.builds(lambda first, op, second: f"{first} {op} {second}", kind, _compare, kind)
        for kind in (_number, _text, _day, _moment)
    ),
    *(
        st.builds(lambda a, b, c: f"{a} BETWEEN {b} AND {c}", kind, kind, kind)
        for kind in (_number, _text, _day)
    ),
    *(
        st.builds(lambda a, b, c: f"{a} NOT IN ({b}, {c})", kind, kind, kind)
        for kind in (_number, _text, _moment)
    ),
    st.builds(lambda text, pattern: f"{text} LIKE {pattern}", _text, _pattern),
    st.sampled_from(["name", "tags", "parts", "opened", "open"]).map("{} IS NULL".format),
    st.builds(lambda op, a, b: f"{op}({a}, {b})", _relation, _days, _days),
    st.builds(lambda op, a, b: f"{op}({a}, {b})", _relation, _moment, _moment),
    st.builds(lambda op, a, b: f"A_{op}({a}, {b})", _set, _list, _list),
)

FILTERS = st.recursive(
    _condition,
    lambda inner: st.one_of(
        st.builds(lambda a, op, b: f"({a} {op} {b})", inner, st.sampled_from(["AND", "OR"]), inner),
        inner.map("NOT ({})".format),
        st.builds(lambda a, b: f"(({a}) = ({b}))", inner, inner),
    ),
    max_leaves=5,
)
"""Text; nothing of it about geometry."""
