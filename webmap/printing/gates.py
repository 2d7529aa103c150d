"""Who may see a sheet: internal, for review, or public with a map number that is really its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, astuple, dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from layers.analysis.picture import ServicePicture
from layers.analysis.siting_picture import SitingPicture
from layers.privacy import SMALLEST_SHOWN
from layers.store import read_frame
from webmap.printing.errors import SheetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.analysis.picture import MapPicture
    from layers.store import Actor, Store
    from webmap.printing.pictures import Subject
    from webmap.printing.recipe import Recipe
    from webmap.printing.sheets import SheetOptions

__all__ = [
    "MODES",
    "Refused",
    "bind_number",
    "content_hash",
    "listed",
    "number_lines",
    "refused_rows",
    "require_number",
    "require_publishable",
]

MODES = ("internal", "review", "public")
"""Publication modes of a sheet."""

_LISTED, _NAMED = 6, 200
"""Rows of a layer named in the message, and of all in `where`: roads have thousands."""

_KIND = "binding"

_NEVER = {"boundary_markers": "界桩坐标", "findings": "联检问题", "inspections": "联检记录"}
"""Layers whose rows no public sheet may show, however good they are, and why."""


@dataclass(frozen=True)
class Refused:
    """A row that a public sheet may not show; `why` where its quality is not the reason."""

    layer: str
    id: str
    quality: str
    why: str = ""

    def __str__(self) -> str:
        """Layer, id and quality, as messages list them."""
        words = " ".join(word for word in (self.layer, self.id, self.quality) if word)
        return f"{words}（{self.why}）" if self.why else words


def require_number(mode: str, review_no: str | None, approval: str | None) -> None:
    """Refuse a public sheet without 审图号 and approval file number; nothing is ever made up.

    Raises
    ------
    SheetError
        If the mode is unknown; ``public_needs_number``.
    """
    if mode not in MODES:
        raise SheetError(
            f"发布方式不能是“{mode}”，可选：{'、'.join(MODES)}，请改 --publish。", where="publish"
        )
    if mode != "public":
        return
    for value, title, option in (
        (review_no, "审图号", "review-no"),
        (approval, "批准文号", "approval"),
    ):
        if not (value or "").strip():
            raise SheetError(
                f"公开图必须填写{title}，请用 --{option} 给出主管部门核发的编号。",
                code="public_needs_number",
                where=option,
            )


def refused_rows(picture: MapPicture, store: Store | None) -> tuple[Refused, ...]:
    """Rows on the sheet that may not be made public.

    Parameters
    ----------
    picture
        What is drawn.
    store
        Where each row's quality is; None judges by the picture's worst quality.

    Returns
    -------
    Synthetic and approximate rows by layer and id; markers and what inspections found, whatever
    their quality; gap rows, sites and modes with counts of 1-4 people.
    """
    out: list[Refused] = []
    if store is not None:
        for layer, ids in picture.drawn_rows.items():
            if ids:
                frame = read_frame(store, layer)
                # Rows that the analysis numbered anew (road pieces) are judged all together.
                known = frame.index.isin(ids)
                frame = frame[known] if known.sum() == len(ids) else frame
                why = _NEVER.get(layer, "")
                poor = frame if why else frame[frame["quality"] != "surveyed"]
                out += [
                    Refused(layer, str(key), str(quality), why)
                    for key, quality in zip(poor.index, poor["quality"], strict=True)
                ]
    else:
        out += [
            Refused(layer, key, "", why)
            for layer, why in _NEVER.items()
            for key in picture.drawn_rows.get(layer, ())
        ]
    if not out and picture.provenance.quality != "surveyed":
        out.append(Refused("*", "*", picture.provenance.quality))
    if not isinstance(picture, ServicePicture):
        return tuple(dict.fromkeys(out))
    gaps = picture.gaps
    for column in ("total", "covered", "uncovered"):
        small = gaps[(gaps[column] > 0) & (gaps[column] < SMALLEST_SHOWN)]
        out += [Refused("elders", str(name), "count < 5") for name in small["name"]]
    if isinstance(picture, SitingPicture):
        counts = [(str(key), value) for key, value in picture.sites["gained"].items()]
        for column in ("people", "gained"):
            counts += zip(picture.reach["mode"], picture.reach[column], strict=True)
        out += [
            Refused("siting_scenarios", str(key), "count < 5")
            for key, value in counts
            if 0 < value < SMALLEST_SHOWN
        ]
    return tuple(dict.fromkeys(out))


def require_publishable(picture: MapPicture, store: Store | None) -> None:
    """Refuse a public sheet of rows that may not be made public.

    Raises
    ------
    SheetError
        ``public_not_allowed``; lists the rows by layer, id and quality.
    """
    refused = refused_rows(picture, store)
    if not refused:
        return
    raise SheetError(
        f"公开图不能含示意、近似数据，界桩坐标、联检记录或不足 5 人的数据：{listed(refused)}，"
        "请改用 --publish internal，或先换成可以公开的实测数据。",
        code="public_not_allowed",
        where="; ".join(f"{r.layer}/{r.id}" for r in _by_turns(refused)[:_NAMED]),
    )


def listed(refused: Sequence[Refused]) -> str:
    """Name the rows layer by layer: the first few of each, and how many there are.

    Parameters
    ----------
    refused
        At least one.
    """
    out = []
    for layer, group in groupby(refused, key=lambda row: row.layer):
        rows = list(group)
        out += [str(row) for row in rows[:_LISTED]]
        if len(rows) > _LISTED:
            out.append(f"{layer} 等 {len(rows)} 行")
    return "；".join(out)


def _by_turns(refused: Sequence[Refused]) -> list[Refused]:
    """Order the rows so that the first few name every layer."""
    turns: Counter[str] = Counter()
    ordered = []
    for row in refused:
        ordered.append((turns[row.layer], row))
        turns[row.layer] += 1
    return [row for _, row in sorted(ordered, key=lambda pair: pair[0])]


def bind_number(
    store: Store,
    *,
    sheet: str,
    recipe_hash: str,
    data_hash: str,
    review_no: str,
    approval: str,
    actor: Actor,
) -> None:
    """Tie a map number to this content for ever; the same again changes nothing.

    Parameters
    ----------
    store
        Keeps the bindings.
    sheet, recipe_hash, data_hash
        The content: name of the sheet, `content_hash` of its recipe, and what is drawn.
    review_no, approval
        As entered.
    actor
        Who publishes.

    Raises
    ------
    SheetError
        ``number_bound_elsewhere`` if the number belongs to other content.
    """
    body = {
        "sheet": sheet,
        "recipe_hash": recipe_hash,
        "data_hash": data_hash,
        "approval": approval,
    }
    bound = store.sheet_records(_KIND).get(review_no)
    if bound is None:
        store.put_sheet_record(_KIND, review_no, body, actor=actor)
    elif any(bound.get(key) != value for key, value in body.items() if key != "approval"):
        raise SheetError(
            f"审图号 {review_no} 已用于另一内容（图幅 {bound.get('sheet')}，数据 "
            f"{str(bound.get('data_hash'))[:12]}），内容变化后须重新送审并填写新的审图号。",
            code="number_bound_elsewhere",
            where="review-no",
        )


def content_hash(recipe: Recipe, subject: Subject, options: SheetOptions) -> str:
    """Hash what a sheet shows beside the data: recipe, subject, paper, scale, graticule and pins.

    Parameters
    ----------
    recipe
        The whole of it: a layer more is another map.
    subject
        What the sheet is about.
    options
        How it is wanted; who made it and when is not its content.
    """
    told = {
        "recipe": asdict(recipe),
        "question": asdict(subject.question),
        "subject": subject.key,
        "paper": options.paper or recipe.paper,
        "scale": options.scale,
        "graticule": options.graticule,
        "pins": sorted(astuple(pin) for pin in options.pins),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def number_lines(mode: str, review_no: str | None, approval: str | None) -> tuple[str, str]:
    """Give the number line of a sheet and, on a public one, the approval line under it."""
    if mode == "internal":
        return "内部用图", ""
    if mode == "review":
        return "审图号：　　　　　　　　", ""
    return f"审图号：{review_no}", f"批准文号：{approval}"
