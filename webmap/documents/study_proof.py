"""Tables that prove a siting study: modes, ages, models, robustness, evenness, data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.analysis.question import MODES
from layers.privacy import HIDDEN_TEXT, SMALLEST_SHOWN
from webmap.documents.study_cells import (
    INDEX,
    RANGE_COLUMNS,
    RANGE_KEYS,
    RANGE_NOTE,
    StudyTable,
    changes,
    count_cell,
    minutes_cell,
    people_cell,
    range_cells,
    share_cell,
)
from webmap.documents.workbook import COUNT, DECIMAL, SHARE, Column
from webmap.wording import BAND_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from layers.analysis.study import StudyAnswer

__all__ = [
    "access_table",
    "band_table",
    "mode_table",
    "model_table",
    "quality_table",
    "robustness_table",
]

_CHANGE_PAPER: Final[tuple[tuple[str, str] | tuple[str, str, str], ...]] = (
    ("人数", "total"),
    ("现已\n覆盖", "before"),
    ("建成后\n覆盖", "after"),
    ("新增", "gained"),
    ("现覆\n盖率", "before_share"),
    ("现范围", "before_low", "before_high"),
    ("建成后\n覆盖率", "after_share"),
    ("建成后范围", "after_low", "after_high"),
)
_FAMILY_TITLES = {
    "asked": "题设条件",
    "speed": "步速 1.1、1.0、0.8、0.5 米/秒",
    "mode": "步行、电动三轮、汽车",
    "demand": "人数误差 20%（抽样）",
    "failure": "已有设施停用一处",
    "together": "以上全部组合",
}


def mode_table(answer: StudyAnswer) -> StudyTable:
    """Give the county in every mode, before and after."""
    return _changed(
        answer.modes,
        [MODES[mode] for mode in answer.modes["mode"]],
        key="modes",
        title="不同出行方式（全县）",
        first=Column(title="方式", meaning="路上用什么走；离开道路的一段都按步行。"),
    )


def band_table(answer: StudyAnswer) -> StudyTable:
    """Give the county by age band, before and after."""
    names = [
        f"{BAND_TITLES.get(band, band)}（{speed:.1f} 米/秒）"
        for band, speed in zip(answer.bands["band"], answer.bands["speed_mps"], strict=True)
    ]
    return _changed(
        answer.bands,
        names,
        key="bands",
        title="不同年龄段（全县，各按自己的步速步行）",
        first=Column(title="人群", meaning="年龄段互相包含，不可相加。"),
        narrow=("before", "after"),
    )


def model_table(answer: StudyAnswer) -> StudyTable:
    """Give the best place of each model."""
    rows: list[list[object]] = [
        [
            row["title"],
            row["id"],
            row["place"],
            people_cell(row["gained"]),
            minutes_cell(row["focus_mean_seconds"]),
            minutes_cell(row["focus_worst_seconds"]),
            round(float(row["distance_m"])),
        ]
        for row in answer.models.to_dict("records")
    ]
    return StudyTable(
        key="models",
        title="三种选址准则各自的最优位置",
        keys=(
            "model",
            "id",
            "place",
            "gained",
            "mean_minutes",
            "worst_minutes",
            "distance_m",
        ),
        columns=(
            Column(title="准则", meaning="最大覆盖；总路程最短；最远者最近。"),
            Column(title="编号", meaning="路网节点的编号。"),
            Column(title="最优位置", meaning="最近的村（社区）及直线距离。"),
            Column(title="新增\n覆盖", meaning="全县新增覆盖的老年人数。", form=COUNT),
            Column(title="镇内平\n均分钟", meaning="本镇老人到最近服务点的平均。", form=DECIMAL),
            Column(title="镇内最\n远分钟", meaning="本镇最远一村到最近服务点。", form=DECIMAL),
            Column(title="距推荐\n站址（米）", meaning="直线距离。", form=COUNT),
        ),
        rows=rows,
    )


def robustness_table(answer: StudyAnswer) -> StudyTable:
    """Give how often the recommended site, and the steadiest of the others, stay first."""
    summary = answer.robustness.found.summary
    site, steady = str(answer.site["id"]), answer.rival
    label = _label(answer, steady)
    rows: list[list[object]] = []
    for family in summary.index.get_level_values("family").unique():
        cells: list[object] = [
            _FAMILY_TITLES[str(family)],
            int(summary.loc[(family, site), "worlds"]),
        ]
        for option in (site, steady):
            row = summary.loc[(family, option)]
            cells += [share_cell(row["first_share"]), people_cell(row["mean_lost"])]
        cells.append(people_cell(summary.loc[(family, site), "worst_lost"]))
        rows.append(cells)
    return StudyTable(
        key="robustness",
        title="条件变化时推荐站址是否仍最优",
        keys=(
            "family",
            "worlds",
            "first_share",
            "mean_lost",
            "rival_first_share",
            "rival_mean_lost",
            "worst_lost",
        ),
        columns=(
            Column(title="变化", meaning="改变什么条件。"),
            Column(title="情形\n数", meaning="试了多少种情形。", form=COUNT),
            Column(title="推荐站址\n居首", meaning="没有别的方案覆盖更多的情形占比。", form=SHARE),
            Column(title="平均\n少盖", meaning="比当时最优方案平均少覆盖的人数。", form=COUNT),
            Column(
                title=f"{label}\n居首", meaning="除推荐站址外最稳的方案居首的占比。", form=SHARE
            ),
            Column(
                title=f"{label}\n平均少盖",
                meaning="除推荐站址外最稳的方案平均少覆盖的人数。",
                form=COUNT,
            ),
            Column(title="推荐站址\n最多少盖", meaning="最不利的情形。", form=COUNT),
        ),
        rows=rows,
        note=f"并列第一的都算居首。{label}是其他方案中条件变化时平均损失最小的。",
    )


def access_table(answer: StudyAnswer) -> StudyTable:
    """Give how evenly service points are spread."""
    people = answer.access["without"]
    rows: list[list[object]] = [
        [
            {"before": "现在", "after": "建成后"}[row["state"]],
            round(float(row["access"]), 3),
            round(float(row["gini"]), 3),
            people_cell(row["without"]),
        ]
        for row in answer.access.to_dict("records")
    ]
    if 0 < abs(float(people.iloc[0] - people.iloc[1])) < SMALLEST_SHOWN:
        rows[1][3] = HIDDEN_TEXT
    return StudyTable(
        key="access",
        title="服务分布是否均衡（全县）",
        keys=("state", "access", "gini", "without"),
        columns=(
            Column(title="时点", meaning="现在，或推荐站址建成后。"),
            Column(
                title="每千名老人\n可及服务点", meaning="两步移动搜索法，按距离折减。", form=INDEX
            ),
            Column(title="基尼系数", meaning="0 为人人相同，越大越不均。", form=INDEX),
            Column(
                title="30 分钟内\n没有服务点",
                meaning="30 分钟内一处也走不到的老年人数。",
                form=COUNT,
            ),
        ),
        rows=rows,
        note="多数设施的床位、日托位在登记表中未载明，每处设施按一个服务点计。",
    )


def quality_table(answer: StudyAnswer) -> StudyTable:
    """Give the layers read by quality."""
    return StudyTable(
        key="quality",
        title="所用数据及其精度",
        keys=("layer", "rows", "synthetic", "approximate", "surveyed"),
        columns=(
            Column(title="图层", meaning="读取的图层。"),
            Column(title="条数", meaning="当日有效的记录数。", form=COUNT),
            Column(title="示意", meaning="程序生成的，非法定。", form=COUNT),
            Column(title="近似", meaning="来自公开资料，未经实测。", form=COUNT),
            Column(title="实测", meaning="经实测的。", form=COUNT),
        ),
        rows=[
            [
                row["title"],
                *(int(row[key]) for key in ("rows", "synthetic", "approximate", "surveyed")),
            ]
            for row in answer.quality.to_dict("records")
        ],
    )


def _changed(
    frame: pd.DataFrame,
    names: Sequence[str],
    *,
    key: str,
    title: str,
    first: Column,
    narrow: Sequence[str] = (),
) -> StudyTable:
    """Make a table of before and after; `narrow` names the columns for which paper has no room."""
    shown = changes(frame)
    rows: list[list[object]] = [
        [
            name,
            *(count_cell(row[cell]) for cell in ("total", "before", "after", "gained")),
            *(share_cell(row[cell]) for cell in ("before_share", "after_share")),
            *range_cells(row, "before_share"),
            *range_cells(row, "after_share"),
        ]
        for name, row in zip(names, shown.to_dict("records"), strict=True)
    ]
    return StudyTable(
        key=key,
        title=title,
        keys=(
            *("name", "total", "before", "after", "gained", "before_share", "after_share"),
            *RANGE_KEYS,
        ),
        columns=(
            first,
            Column(title="人数", meaning="全县该人群的人数。", form=COUNT),
            Column(title="现已\n覆盖", meaning="现在时限内能到服务点的人数。", form=COUNT),
            Column(title="建成后\n覆盖", meaning="建成后的人数。", form=COUNT),
            Column(title="新增", meaning="建成后减现在。", form=COUNT),
            Column(title="现覆\n盖率", meaning="现已覆盖 ÷ 人数。", form=SHARE),
            Column(title="建成后\n覆盖率", meaning="建成后覆盖 ÷ 人数。", form=SHARE),
            *RANGE_COLUMNS,
        ),
        rows=rows,
        paper=((first.title, "name"), *(one for one in _CHANGE_PAPER if one[1] not in narrow)),
        note=RANGE_NOTE,
    )


def _label(answer: StudyAnswer, site: str) -> str:
    ranks = dict(zip(answer.options["id"], answer.options["rank"], strict=True))
    return "推荐站址" if ranks[site] == 1 else f"备选{ranks[site]}"
