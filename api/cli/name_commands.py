"""Commands over names: search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.options import AsOf, Data, Json, parse_date
from api.cli.session import start
from api.cli.tables import table_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["register", "search_names"]

_MATCHES = {
    "code": "代码",
    "exact": "全名",
    "core": "专名",
    "variant": "异写",
    "former": "旧名",
    "pinyin": "拼音",
    "initials": "首字母",
    "homophone": "同音",
    "prefix": "开头",
    "contains": "含有",
    "near": "相近",
}


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("search")(search_names)


def search_names(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="名称、拼音、首字母、旧名或代码，可带乡镇名")
    ],
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多几条")] = 10,
    as_of: AsOf = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """查地名：汉字、繁体、拼音、首字母、旧名、代码，容一字之差。"""
    from layers.names import search

    session = start(data, as_json=as_json)
    day = parse_date(as_of, "--as-of")
    with session.store() as store:
        body = search(store, text, limit, as_of=day)
    rows = [_cells(hit) for hit in body["hits"]]
    heads = ("序", "名称", "拼音", "所在", "代码", "匹配", "现状")
    session.answer(
        body, table_lines(heads, rows, left=6) if rows else f"没有找到“{text}”，请换个写法再查。"
    )


def _cells(hit: Mapping[str, Any]) -> tuple[str, ...]:
    now = "、".join(f"{one['name']}（{one['code']}）" for one in hit["now"])
    ended = f"已撤销或更名{f'，今 {now}' if now else ''}"
    return (
        str(hit["rank"]),
        hit["name"],
        hit["pinyin"] or "",
        hit["parent"] or "",
        hit["code"] or hit["id"],
        _MATCHES[hit["match"]],
        "现用" if hit["status"] == "current" else ended,
    )
