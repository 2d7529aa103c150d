"""The figures of a siting study as tables: report, workbook and JSON all read these and no others.

Counts of 1-4 people, and what would give them away, are hidden here and so everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.analysis.siting_cells import shown_change, shown_rows
from layers.analysis.study import HOUBAO, MOVED
from layers.privacy import HIDDEN_TEXT, SMALL_TEXT
from webmap.documents.study_cells import (
    DEGREES,
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
from webmap.documents.study_proof import (
    access_table,
    band_table,
    mode_table,
    model_table,
    quality_table,
    robustness_table,
)
from webmap.documents.workbook import COUNT, DECIMAL, SHARE, Column
from webmap.wording import UNKNOWN

if TYPE_CHECKING:
    from layers.analysis.study import StudyAnswer

__all__ = ["study_numbers", "study_tables"]

_WHEN = ("before", "after")
_ENDS = ("low", "high")


def study_tables(answer: StudyAnswer) -> dict[str, StudyTable]:
    """Make all tables of a study.

    Parameters
    ----------
    answer
        The study.

    Returns
    -------
    By key: `change options townships modes bands models robustness access quality`.
    """
    made = (
        _change(answer),
        _options(answer),
        _townships(answer),
        mode_table(answer),
        band_table(answer),
        model_table(answer),
        robustness_table(answer),
        access_table(answer),
        quality_table(answer),
    )
    return {table.key: table for table in made}


def study_numbers(tables: dict[str, StudyTable]) -> dict[str, list[dict[str, Any]]]:
    """Give the tables' cells as JSON: a list of rows by table; what is hidden is null.

    Parameters
    ----------
    tables
        Of `study_tables`.
    """
    return {
        key: [
            {
                name: None if cell in {SMALL_TEXT, HIDDEN_TEXT, UNKNOWN} else cell
                for name, cell in zip(table.keys, row, strict=True)
            }
            for row in (*table.rows, *([table.total] if table.total else []))
        ]
        for key, table in tables.items()
    }


def _change(answer: StudyAnswer) -> StudyTable:
    siting, focus = answer.siting, (answer.focus_before, answer.focus_after)
    county = (siting.before, siting.after)
    counts = pd.DataFrame(
        [
            {"total": pair[0]["total"], "before": pair[0]["covered"], "after": pair[1]["covered"]}
            for pair in (focus, county)
        ]
    )
    shown = changes(counts)
    rows: list[list[object]] = []
    told = shown_change(siting)
    whole = {f"{when}_{end}": told[when][f"share_{end}"] for when in _WHEN for end in _ENDS}
    towns = shown_rows(siting).set_index("code")
    town = {
        f"{when}_{end}": towns[f"{when}_share_{end}"].get(HOUBAO) for when in _WHEN for end in _ENDS
    }
    areas = ((answer.township, focus, town), ("全县", county, whole))
    for number, (name, pair, ends) in enumerate(areas):
        row = shown.iloc[number]
        rows.append(
            [
                name,
                *(count_cell(row[key]) for key in ("total", "before", "after", "gained")),
                *(share_cell(row[key]) for key in ("before_share", "after_share")),
                *(minutes_cell(one["mean_seconds"]) for one in pair),
                *(cell for when in ("before", "after") for cell in range_cells(ends, when)),
            ]
        )
    return StudyTable(
        key="change",
        title="建成前后对比",
        keys=(
            "area",
            "total",
            "before",
            "after",
            "gained",
            "before_share",
            "after_share",
            "before_mean_minutes",
            "after_mean_minutes",
            *RANGE_KEYS,
        ),
        columns=(
            Column(title="范围", meaning="统计的范围。"),
            Column(title="老年\n人口", meaning="60 岁及以上人数。", form=COUNT),
            Column(title="现已\n覆盖", meaning="现在时限内能走到服务点的人数。", form=COUNT),
            Column(title="建成后\n覆盖", meaning="推荐站址建成后能走到的人数。", form=COUNT),
            Column(title="新增", meaning="建成后减现在。", form=COUNT),
            Column(title="现覆\n盖率", meaning="现已覆盖 ÷ 老年人口。", form=SHARE),
            Column(title="建成后\n覆盖率", meaning="建成后覆盖 ÷ 老年人口。", form=SHARE),
            Column(title="现平均\n分钟", meaning="到最近服务点的平均分钟数。", form=DECIMAL),
            Column(title="建成后\n平均分钟", meaning="建成后的平均分钟数。", form=DECIMAL),
            *RANGE_COLUMNS,
        ),
        rows=rows,
        paper=(
            ("范围", "area"),
            ("老年\n人口", "total"),
            ("现已\n覆盖", "before"),
            ("建成后\n覆盖", "after"),
            ("新增", "gained"),
            ("现覆\n盖率", "before_share"),
            ("现范围", "before_low", "before_high"),
            ("建成后\n覆盖率", "after_share"),
            ("建成后范围", "after_low", "after_high"),
        ),
        note=RANGE_NOTE,
    )


def _options(answer: StudyAnswer) -> StudyTable:
    best = float(answer.options["gained"].iloc[0])
    lost = answer.robustness.found.summary["mean_lost"].unstack("family")
    families = [name for name in MOVED if name in lost]
    rows: list[list[object]] = []
    labelled = [
        ("推荐站址" if row["rank"] == 1 else f"备选{row['rank']}", row)
        for row in answer.options.to_dict("records")
    ]
    labelled += [("登记位置", row) for row in answer.registered.to_dict("records")]
    for label, row in labelled:
        low, high = sorted((float(row["gained"]), float(row["gained_along"])))
        told = not isinstance(people_cell(row["gained"]), str)
        rows.append(
            [
                label,
                row["id"],
                row["place"],
                people_cell(row["gained"]),
                people_cell(low),
                people_cell(high),
                share_cell(row["gained"] / best if told else None),
                minutes_cell(row["focus_mean_seconds"]),
                people_cell(lost.loc[row["id"], families].mean()),
                round(float(row["distance_m"])),
                row["lon"],
                row["lat"],
            ]
        )
    return StudyTable(
        key="options",
        title="站址比较",
        keys=(
            "option",
            "id",
            "place",
            "gained",
            "gained_low",
            "gained_high",
            "of_best",
            "mean_minutes",
            "mean_lost",
            "distance_m",
            "lon",
            "lat",
        ),
        columns=(
            Column(title="方案", meaning="按新增覆盖人数排列，末行是登记的规划位置。"),
            Column(title="编号", meaning="路网节点或设施的编号。"),
            Column(title="位置", meaning="最近的村（社区）及直线距离。"),
            Column(title="新增\n覆盖", meaning="按村的位置计：新增覆盖的老年人数。", form=COUNT),
            Column(
                title="新增\n下限", meaning="两种算法（村的位置、沿街分布）中较小的。", form=COUNT
            ),
            Column(title="新增\n上限", meaning="两种算法中较大的。", form=COUNT),
            Column(title="与最优\n之比", meaning="新增覆盖 ÷ 推荐站址的新增覆盖。", form=SHARE),
            Column(
                title="镇内平\n均分钟", meaning="建成后本镇老人到最近服务点的平均。", form=DECIMAL
            ),
            Column(
                title="条件变化\n平均少盖",
                meaning="步速、方式、人数、停用四类变化中，比当时最优方案平均少覆盖的人数；越小越稳。",
                form=COUNT,
            ),
            Column(title="距推荐\n站址（米）", meaning="直线距离。", form=COUNT),
            Column(title="经度", meaning="东经，度，2000 国家大地坐标系。", form=DEGREES, width=13),
            Column(title="纬度", meaning="北纬，度。", form=DEGREES, width=13),
        ),
        rows=rows,
        paper=(
            ("方案", "option"),
            ("位置", "place"),
            ("新增\n覆盖", "gained"),
            ("范围", "gained_low", "gained_high"),
            ("镇内平\n均分钟", "mean_minutes"),
            ("条件变化\n平均少盖", "mean_lost"),
            ("距推荐\n（米）", "distance_m"),
        ),
        note=RANGE_NOTE,
    )


def _townships(answer: StudyAnswer) -> StudyTable:
    shown = shown_rows(answer.siting)
    rows: list[list[object]] = [
        [
            row["name"],
            row["code"],
            *(count_cell(row[key]) for key in ("total", "before", "after", "gained")),
            *(share_cell(row[key]) for key in ("before_share", "after_share")),
            *range_cells(row, "before_share"),
            *range_cells(row, "after_share"),
        ]
        for row in shown.to_dict("records")
    ]
    change = _change(answer)
    county = [change.value(1, key) for key in ("total", "before", "after", "gained")]
    county += [change.value(1, key) for key in ("before_share", "after_share", *RANGE_KEYS)]
    return StudyTable(
        key="townships",
        title="各乡镇建成前后",
        keys=(
            "name",
            "code",
            "total",
            "before",
            "after",
            "gained",
            "before_share",
            "after_share",
            *RANGE_KEYS,
        ),
        columns=(
            Column(title="乡镇", meaning="当日的乡镇。"),
            Column(title="代码", meaning="12 位区划代码。"),
            Column(title="老年\n人口", meaning="60 岁及以上人数。", form=COUNT),
            Column(title="现已\n覆盖", meaning="现在能走到服务点的人数。", form=COUNT),
            Column(title="建成后", meaning="建成后能走到的人数。", form=COUNT),
            Column(title="新增", meaning="建成后减现在。", form=COUNT),
            Column(title="现覆\n盖率", meaning="按村的位置计。", form=SHARE),
            Column(title="建成后\n覆盖率", meaning="按村的位置计。", form=SHARE),
            *RANGE_COLUMNS,
        ),
        rows=rows,
        total=["合计", "", *county],
        paper=(
            ("乡镇", "name"),
            ("老年\n人口", "total"),
            ("现已\n覆盖", "before"),
            ("建成后", "after"),
            ("新增", "gained"),
            ("现覆盖率", "before_share"),
            ("建成后", "after_share"),
            ("现范围", "before_low", "before_high"),
            ("建成后范围", "after_low", "after_high"),
        ),
        note=RANGE_NOTE,
    )
