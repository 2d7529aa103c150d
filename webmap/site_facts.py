"""What a proposed site changes, in words that sheet and map share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.privacy import SMALLEST_SHOWN, shown_range, shown_span
from webmap.cells import people_shown
from webmap.wording import UNKNOWN, bracketed_range, count_text, share_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.analysis.siting_picture import SitingPicture

__all__ = ["change_is_small", "people_span", "share_range", "site_facts"]


def change_is_small(picture: SitingPicture) -> bool:
    """Whether so few people are gained that before and after must not both be told."""
    return 0 < picture.gained < SMALLEST_SHOWN


def people_span(count: float, along: float) -> str:
    """Give a count and the same along the streets, 1,975–2,118; one figure where both are one.

    Parameters
    ----------
    count
        People at their villages' points; 1-4 are hidden.
    along
        NaN where it is not known.
    """
    shown = people_shown(count)
    if isinstance(shown, str):
        return shown
    low, high = (count_text(end) for end in shown_span(count, along))
    return count_text(count) if low == high or UNKNOWN in (low, high) else f"{low}–{high}"


def share_range(figures: Mapping[str, Any]) -> tuple[float, float]:
    """Give both ends of a share as everybody may see them.

    Parameters
    ----------
    figures
        `total share share_low share_high`.
    """
    ends = (float(figures[name]) for name in ("share", "share_low", "share_high", "total"))
    return shown_range(*ends)


def site_facts(picture: SitingPicture) -> tuple[tuple[str, str], ...]:
    """Give name and value of what the recommended site changes; nothing where none is chosen.

    Parameters
    ----------
    picture
        The answer that is drawn.
    """
    if not len(picture.chosen):
        return ()
    area = "、".join(picture.focus["name"])
    pairs = (
        (f"{area}覆盖率", picture.focus_before, picture.focus_after),
        ("全县覆盖率", picture.before, picture.summary),
    )
    facts = [("新增覆盖", f"{count_text(people_shown(picture.gained))} 人")]
    span = people_span(picture.gained, picture.gained_along)
    if "–" in span:
        facts.append(("新增覆盖区间", f"{span} 人"))
    if not change_is_small(picture):
        facts += [(name, f"{_ranged(old)} → {_ranged(new)}") for name, old, new in pairs]
    return tuple(facts)


def _ranged(figures: Mapping[str, Any]) -> str:
    return share_text(figures["share"]) + bracketed_range(*share_range(figures))
