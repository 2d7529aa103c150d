"""What a proposed site changes, in words that sheet and map share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.privacy import SMALLEST_SHOWN
from webmap.cells import people_shown
from webmap.wording import count_text, share_text

if TYPE_CHECKING:
    from layers.analysis.siting_picture import SitingPicture

__all__ = ["change_is_small", "site_facts"]


def change_is_small(picture: SitingPicture) -> bool:
    """Whether so few people are gained that before and after must not both be told."""
    gained = float(picture.summary["covered"]) - float(picture.before["covered"])
    return 0 < gained < SMALLEST_SHOWN


def site_facts(picture: SitingPicture) -> tuple[tuple[str, str], ...]:
    """Give name and value of what the recommended site changes; nothing where none is chosen.

    Parameters
    ----------
    picture
        The answer that is drawn.
    """
    if not len(picture.chosen):
        return ()
    gained = float(picture.summary["covered"]) - float(picture.before["covered"])
    area = "、".join(picture.focus["name"])
    pairs = [(f"{area}覆盖率", picture.focus_before["share"], picture.focus_after["share"])]
    pairs.append(("全县覆盖率", picture.before["share"], picture.summary["share"]))
    facts = [("新增覆盖", f"{count_text(people_shown(gained))} 人")]
    if not change_is_small(picture):
        facts += [(name, f"{share_text(old)} → {share_text(new)}") for name, old, new in pairs]
    return tuple(facts)
