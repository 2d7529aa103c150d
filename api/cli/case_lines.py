"""Cases as a clerk reads them on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.cli.tables import table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.cases import Photo

__all__ = [
    "calendar_lines",
    "case_lines",
    "document_lines",
    "photo_lines",
    "plate_lines",
    "show_lines",
    "step_lines",
]

_UNKNOWN = "未载明"


def case_lines(bodies: Sequence[dict[str, Any]]) -> list[str]:
    """Lay out the list of cases."""
    if not bodies:
        return ["没有符合条件的办件。"]
    rows = [
        (body["id"], body["type_title"], body["title"], body["state_title"], _next_due(body))
        for body in bodies
    ]
    return table_lines(("编号", "类型", "名称", "状态", "下一期限"), rows, left=4)


def step_lines(body: dict[str, Any]) -> list[str]:
    """Say where a case stands after a step."""
    lines = [
        f"{body['title']}：{body['state_title']}（第 {body['version']} 步，编号 {body['id']}）"
    ]
    lines += [f"  提示 {said}" for said in body["warnings"]]
    made = [one["title"] for one in body["documents"] if one["version"] == body["version"]]
    lines += [f"  已形成 {title}（xygeo case documents {body['id']}）" for title in made]
    return lines + _due_lines(body)


def show_lines(body: dict[str, Any]) -> list[str]:
    """Lay out one case with its steps and what may be done now."""
    lines = [f"{body['type_title']}　{body['title']}", *step_lines(body)[:1], "内容："]
    lines += [f"  {title}：{words}" for title, words in _content(body)]
    lines += [f"  提示 {said}" for said in body["warnings"]]
    lines += _due_lines(body)
    if body["documents"]:
        listed = "、".join(f"{one['title']}（{one['name']}）" for one in body["documents"])
        lines.append(f"文书：{listed}")
    if body["children"]:
        lines.append(f"下属办件：{'、'.join(body['children'])}")
    lines.append("经过：")
    lines += [f"  {_step(step)}" for step in body["events"]]
    if body["closed"]:
        return [*lines, "本案已办结。"]
    if not body["actions"]:
        return [*lines, "现在没有您这个身份可以办的事项。"]
    lines.append("现在可以办：")
    for action in body["actions"]:
        needed = action["needs"].get("required", ())
        titles = [f"{action['needs']['properties'][n]['title']} {n}" for n in needed]
        lines.append(
            f"  {action['action']}（{action['title']}）"
            + (f"，需要：{'、'.join(titles)}" if titles else "")
        )
        lines += [f"    提示 {said}" for said in action["warnings"]]
    return lines


def photo_lines(photo: Photo) -> list[str]:
    """Say that a photo was added and what its position tells."""
    near = f"，拍摄位置相距 {photo.distance_m:.0f} 米" if photo.position == "near" else ""
    lines = [f"已附照片 {photo.file}{near}。"]
    return [*lines, f"  提示 {photo.warning}"] if photo.warning else lines


def document_lines(title: str, listed: Sequence[dict[str, Any]]) -> list[str]:
    """Lay out the documents of a case, and where they were written."""
    lines = [f"{title}的文书："]
    for body in listed:
        made = f"第 {body['version']} 步形成" if body["made"] else "尚未形成"
        lines.append(f"  {body['name']} {body['title']}（{'、'.join(body['formats'])}）：{made}")
        lines += [f"    {place}" for place in body.get("written", {}).values()]
    return lines if listed else [f"{title}没有文书。"]


def plate_lines(body: dict[str, Any]) -> list[str]:
    """Lay out the list of name plates."""
    rows = [
        (row["name"], row["pinyin"], row["spelling"], row["kind"], row["division"], row["code"])
        for row in body["plates"]
    ]
    headings = ("名称", "罗马字母拼写", "拼写", "牌类", "所属政区", "区划代码")
    lines = table_lines(headings, rows, left=6)
    lines += [f"已写出 {place}" for place in body["files"]]
    return [*lines, body["notice"]] if body["notice"] else lines


def calendar_lines(lines: Sequence[dict[str, Any]]) -> list[str]:
    """Lay out the inspections of the lines by the day they are due."""
    if not lines:
        return ["没有界线，请先导入 boundary_lines。"]
    rows = [
        (
            line["line_id"],
            line["name"],
            str(line["last_inspected_year"] or _UNKNOWN),
            line["lead_code"] or "任一方",
            (line["due"] or _UNKNOWN) + ("（已过期）" if line["late"] else ""),
            "、".join(line["reminders"]),
            line["case_id"] or "",
        )
        for line in lines
    ]
    headings = ("界线", "名称", "上次联检", "本轮牵头", "期限", "提醒", "在办")
    return table_lines(headings, rows, left=6)


def _step(step: dict[str, Any]) -> str:
    """Say who did what when, and why where it is said: a return, a pause, a refusal."""
    reason = step["data"].get("reason") if step["action"] != "open" else None
    return f"{step['on']} {step['actor']}：{step['title']}" + (f"（{reason}）" if reason else "")


def _due_lines(body: dict[str, Any]) -> list[str]:
    return [
        f"期限：{due['what']} {due['on']}"
        + ("，已办" if due["done"] else "")
        + ("，已逾期" if due["late"] and not due["done"] else "")
        + ("，逾期办理" if due["late"] and due["done"] else "")
        + f"（{due['basis']}）"
        for due in body["due"]
    ]


def _next_due(body: dict[str, Any]) -> str:
    undone = [due for due in body["due"] if not due["done"]]
    if not undone:
        return ""
    first = undone[0]
    return f"{first['on']} {first['what']}" + ("（已逾期）" if first["late"] else "")


def _content(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give title and words of what a case holds, in the order of its form."""
    from layers.cases import workflow

    flow = workflow(body["type"])
    for name, field in flow.form.fields.items():
        if name in body["data"]:
            yield field.title, _words(body["data"][name], field.codes)
    for collect in flow.collects.values():
        if entries := body["data"].get(collect.into):
            yield collect.form.title, f"{len(entries)} 项"


def _words(value: object, codes: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(_words(item, codes) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{key} {part}" for key, part in value.items())
    return codes.get(str(value), str(value))
