"""The report of a siting study as .docx: one page for whoever decides, then how it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.analysis.siting_question import MODEL_TITLES
from layers.provenance import QUALITY_TITLES
from webmap.documents.paper import BODY_MM, Paper
from webmap.documents.study_cells import StudyTable, cell_text
from webmap.documents.workbook import TEXT, text_width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.analysis.study import StudyAnswer
    from webmap.printing.inset import Inset

__all__ = ["write_study_paper"]

_BETTER = {
    "speed": "老人走得更慢",
    "mode": "改用车辆出行",
    "demand": "人数有误差",
    "failure": "已有设施停用",
}
"""What moves -> words for an option that is better then."""

_NARROW = frozenset({"id", "code"})
"""Columns that only the workbook has."""


def write_study_paper(
    answer: StudyAnswer,
    tables: Mapping[str, StudyTable],
    drawn: Inset,
    path: Path,
    *,
    publisher: str = "",
) -> None:
    """Write the report.

    Parameters
    ----------
    answer
        The study.
    tables
        Its figures: `webmap.documents.study_tables.study_tables`.
    drawn
        The map of the neighbourhood.
    path
        The file, whose folder exists; written whole or not at all, the same bytes for the same
        study.
    publisher
        编制单位; empty says 未载明.
    """
    words = _Words(answer, tables)
    paper = Paper(
        f"{answer.subject}选址研究",
        day=answer.data_date,
        notice=answer.provenance.notice,
        publisher=publisher,
    )
    _summary(paper, words, publisher)
    _question(paper, words)
    _data(paper, words)
    _method(paper, words)
    paper.heading("五、站址和服务圈")
    paper.figure(
        drawn.png,
        f"{answer.township}站址和服务圈（比例尺 1:{drawn.scale:,}，方里网间隔 "
        f"{drawn.grid_km:g} 千米）",
        width_mm=BODY_MM,
        alt=f"地图：{answer.township}的推荐、备选和登记站址，以及 {words.minutes}服务圈。",
    )
    paper.note(
        "红色图钉是推荐站址，红圈是备选站址，紫色空心图钉是登记的规划位置；紫色由深到浅是推荐站址步行、"
        f"电动三轮、汽车 {words.minutes}内沿道路到得了的土地；青色是现有服务点的步行服务圈；"
        "黄到红的圆点是建成后仍未覆盖的村，越大越深人越多。完整图幅另附 A3 图。"
    )
    _results(paper, words)
    _sensitivity(paper, words)
    _limits(paper, words)
    paper.save(path)


class _Words:
    """Cells of the tables as text, by table, row and key."""

    def __init__(self, answer: StudyAnswer, tables: Mapping[str, StudyTable]) -> None:
        self.answer, self.tables = answer, tables
        self.minutes = f"{answer.siting.care.minutes:g} 分钟"

    def cell(self, table: str, row: int, key: str) -> str:
        found = self.tables[table]
        column = found.columns[found.keys.index(key)]
        return cell_text(found.value(row, key), column.form)

    def row(self, table: str, key: str, name: str) -> int:
        """Place of the row whose cell `key` is `name`."""
        found = self.tables[table]
        return next(n for n in range(len(found.rows)) if found.value(n, key) == name)

    @property
    def gain_range(self) -> str:
        low, high = (self.cell("options", 0, key) for key in ("gained_low", "gained_high"))
        return f"{low} 人" if low == high else f"{low}–{high} 人"

    def put(self, paper: Paper, key: str) -> None:
        """Write a table of the study into the paper."""
        table = self.tables[key]
        forms = {name: column.form for name, column in zip(table.keys, table.columns, strict=True)}
        shown = table.paper or tuple(
            (column.title, name)
            for name, column in zip(table.keys, table.columns, strict=True)
            if name not in _NARROW
        )
        rows = [
            [
                _range([cell_text(row[table.keys.index(name)], forms[name]) for name in names])
                for _, *names in shown
            ]
            for row in (*table.rows, *([table.total] if table.total else []))
        ]
        heads = [title for title, *_ in shown]
        sides = ["left" if forms[names[0]] == TEXT else "right" for _, *names in shown]
        paper.table(
            table.title,
            list(zip(heads, sides, strict=True)),
            rows,
            widths=[
                2.0 + max(text_width(text) for text in (*head.split("\n"), *column))
                for head, column in zip(heads, zip(*rows, strict=True), strict=True)
            ],
            total=bool(table.total),
            note=table.note,
        )


def _range(ends: list[str]) -> str:
    """Write a cell, or two as a range."""
    low, high = ends[0], ends[-1]
    return low if low == high else f"{low.removesuffix('%')}–{high}"


def _summary(paper: Paper, words: _Words, publisher: str) -> None:
    answer = words.answer
    town, minutes = answer.township, words.minutes
    site = words.cell("options", 0, "place")
    paper.note(
        f"编制单位：{publisher or '未载明'}　　资料截止：{answer.data_date:%Y-%m-%d}　　"
        f"数据精度：{QUALITY_TITLES[answer.provenance.quality]}"
    )
    paper.heading("一、结论")
    paper.text(
        f"建议把{answer.subject}放在{site}的路口（东经 {answer.site['lon']:.4f}°，北纬 "
        f"{answer.site['lat']:.4f}°）。建成后，步行 {minutes}内能走到服务点的 60 岁及以上"
        f"老人新增 {words.cell('options', 0, 'gained')} 人。"
    )
    change = [
        f"{words.cell('change', n, 'before_share')} → {words.cell('change', n, 'after_share')}"
        for n in (0, 1)
    ]
    paper.figures(
        (
            (f"+{words.cell('options', 0, 'gained')} 人", "新增覆盖"),
            (change[0], f"{town}覆盖率"),
            (change[1], "全县覆盖率"),
        )
    )
    paper.points(
        [
            (
                "带来什么。",
                (
                    f"{town} 60 岁及以上老人 {words.cell('change', 0, 'total')} 人，现在 "
                    f"{words.cell('change', 0, 'before')} 人走得到，建成后 "
                    f"{words.cell('change', 0, 'after')} 人；到最近服务点平均由 "
                    f"{words.cell('change', 0, 'before_mean_minutes')} 分钟降到 "
                    f"{words.cell('change', 0, 'after_mean_minutes')} 分钟。"
                    f"骑电动三轮，全县新增 {words.cell('modes', 1, 'gained')} 人。"
                ),
            ),
            ("有多大把握。", _confidence(words)),
            *([("与登记位置比。", _against_register(words))] if len(answer.registered) else []),
            (
                "还要核实。",
                "本研究算的是位置，不含用地、产权、造价、地质。定址前应实地核实推荐站址和备选站址的"
                "用地条件，并补齐设施床位和日托位（多数未载明）。"
                + (
                    "本次所用道路、村庄位置和分村人数是程序生成的示意数据，"
                    "只说明方法，不能据此定址；换成实测数据后重算即可。"
                    if answer.provenance.notice
                    else ""
                ),
            ),
        ]
    )


def _confidence(words: _Words) -> str:
    answer = words.answer
    demand = words.row("robustness", "family", "人数误差 20%（抽样）")
    speed = words.row("robustness", "family", "步速 1.1、1.0、0.8、0.5 米/秒")
    said = (
        f"把人口放在村的位置、或沿村内街巷分布，新增 {words.gain_range}。各村人数有两成误差时，"
        f"推荐站址在 {words.cell('robustness', demand, 'first_share')} 的情形中仍居首，平均比当时"
        f"最优少覆盖 {words.cell('robustness', demand, 'mean_lost')} 人；换四种步速，"
        f"{words.cell('robustness', speed, 'first_share')} 居首，平均少覆盖 "
        f"{words.cell('robustness', speed, 'mean_lost')} 人。"
    )
    rival = answer.rival
    if rival == str(answer.site["id"]):
        return said
    row = words.row("options", "id", rival)
    name = words.cell("options", row, "option")
    lost = answer.robustness.found.summary["mean_lost"]
    better = [
        title
        for family, title in _BETTER.items()
        if (family, rival) in lost.index and lost[family, rival] < lost[family, answer.site["id"]]
    ]
    steady = answer.steadiest == str(answer.site["id"])
    said += (
        f"步速、方式、人数、停用四类变化平均，少覆盖 {words.cell('options', 0, 'mean_lost')} 人，"
        f"{'仍是各方案中损失最小的' if steady else '但不是最稳的'}；"
    )
    said += (
        f"{'其次' if steady else '最稳的'}是{name}（{words.cell('options', row, 'place')}，新增 "
        f"{words.cell('options', row, 'gained')} 人）"
    )
    return said + (f"，{'、'.join(better)}时比推荐站址更好。" if better else "。")


def _against_register(words: _Words) -> str:
    row = words.row("options", "option", "登记位置")
    return (
        f"登记的规划位置在{words.cell('options', row, 'place')}，按同样方法新增 "
        f"{words.cell('options', row, 'gained')} 人，距推荐站址 "
        f"{words.cell('options', row, 'distance_m')} 米。"
    )


def _question(paper: Paper, words: _Words) -> None:
    answer = words.answer
    paper.heading("二、研究的问题", new_page=True)
    paper.text(
        f"{answer.subject}放在{answer.township}哪里，能让最多现在走不到服务点的老人在步行 "
        f"{words.minutes}内走到？已有的驿站、社区养老服务中心、农村日间照料中心保持不变；敬老院和县级"
        "中心通过转介服务，不算在走得到的服务点里。"
    )
    paper.text(
        f"比较的是{answer.township}全部 {len(answer.siting.candidates):,} 个道路位置，"
        "不事先挑选；人数按全县统计，邻近乡镇走得到的老人也算。"
    )


def _data(paper: Paper, words: _Words) -> None:
    answer = words.answer
    paper.heading("三、数据和质量")
    words.put(paper, "quality")
    paper.text(
        "县的范围、区划名称和代码、普查合计、报告中写明的设施是真实的；标为“示意”的位置、道路和分村人数"
        "由程序生成。"
        if answer.provenance.notice
        else "各图层的精度见上表，来源见文末。"
    )
    for warning in answer.warnings:
        paper.text(f"提醒：{warning}")


def _method(paper: Paper, words: _Words) -> None:
    paper.heading("四、方法")
    speed = f"{words.answer.siting.care.speed_mps:g}"
    paper.points(
        [
            (
                "走得到。",
                (
                    f"每个村和每处设施接到最近的道路，沿道路走最快的路线，步速 {speed} 米/秒，"
                    f"从房子走到路上的一段也计时；{words.minutes}内到得了一处服务点就算覆盖。不用直线画圈。"
                ),
            ),
            (
                "选位置。",
                (
                    f"逐个位置计算新增覆盖人数，取最多的（{MODEL_TITLES['mclp']}，已证明没有更好的）；"
                    "覆盖同样的人时取离他们最近的。再按“总路程最短”“最远者最近”各选一次，放在一起看。"
                ),
            ),
            (
                "给范围。",
                (
                    "一个村只有一个点时，差几十米就会全村算进或全村算出。所以另按人口沿村内街巷分布算一遍，"
                    "两个结果作为下限和上限。"
                ),
            ),
            (
                "试条件。",
                (
                    "换四种步速、三种出行方式；各村人数随机变动两成，抽样 "
                    f"{words.answer.robustness.draws} 次（种子 {words.answer.seed}）；"
                    "已有设施逐个停用。看推荐站址是否仍居首，不居首时少覆盖多少人。"
                ),
            ),
            (
                "看均衡。",
                ("两步移动搜索法算每人可及的服务点，用基尼系数看分布。"),
            ),
        ]
    )


def _results(paper: Paper, words: _Words) -> None:
    paper.heading("六、结果")
    for key in ("change", "options"):
        words.put(paper, key)
    words.put(paper, "townships")
    for key in ("modes", "bands", "access"):
        words.put(paper, key)


def _sensitivity(paper: Paper, words: _Words) -> None:
    paper.heading("七、换一种准则，换一种条件")
    words.put(paper, "models")
    paper.text(
        "“最远者最近”照顾最偏远的村，新增覆盖的人往往很少；这样的村更适合上门服务或流动服务，"
        "不宜用一处固定设施解决。"
    )
    words.put(paper, "robustness")


def _limits(paper: Paper, words: _Words) -> None:
    answer = words.answer
    paper.heading("八、局限")
    paper.points(
        [
            ("没有算的。", "用地、造价、经营、坡度、冬季路况和老人是否愿意去，都没有计入。"),
            ("容量。", "新中心和多数设施的床位、日托位未载明，本研究不判断是否坐得下。"),
            (
                "时点。",
                f"人数是最近一次分村统计；资料截止 {answer.data_date:%Y-%m-%d}，之后的变化不在内。",
            ),
            (
                "数据。",
                "示意数据 非法定：方法可以复核，数字不可引用。"
                if answer.provenance.notice
                else "近似数据的位置误差会影响边缘上的村。",
            ),
        ]
    )
    paper.heading("附：来源和复核")
    paper.note(f"来源：{'；'.join(answer.provenance.attributions) or '未载明'}")
    paper.note(
        f"程序：xygeo {answer.version}；输入摘要：{answer.inputs_hash}；随机种子：{answer.seed}。"
        "同样的数据再运行一次 xygeo study houbao，得到同样的数字。"
    )
