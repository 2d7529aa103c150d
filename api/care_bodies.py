"""Answers about care as JSON, the same on the command line and over HTTP.

A hidden count is null and named in `suppressed`; what a share would tell of it is null too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.plain import nulled, plain, records
from layers.analysis.access_cells import (
    shown_access,
    shown_access_summary,
    shown_load,
    shown_referral,
)
from webmap.cells import shown_bands, shown_gaps, shown_mode_ranges, shown_modes, shown_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.analysis.access import AccessAnswer
    from layers.analysis.gaps import GapAnswer

__all__ = ["access_body", "gap_body"]

_ENDS = ("share_low", "share_high")


def gap_body(answer: GapAnswer, files: Sequence[str] = (), *, full: bool) -> dict[str, Any]:
    """Give the body of `xygeo gaps --json` and of `/api/gaps`.

    Parameters
    ----------
    answer
        The gaps.
    files
        Written beside it.
    full
        Whether the reader may see small counts.

    Returns
    -------
    Plain JSON values.
    """
    total = answer.summary["total"]
    bands = shown_bands(answer.bands, full=full).rename_axis("band").reset_index()
    ranges = shown_mode_ranges(answer.mode_ranges, answer.modes, total, full=full)
    body: dict[str, Any] = plain(
        {
            "rows": [nulled(row) for row in records(shown_gaps(answer.rows, full=full))],
            "summary": nulled(shown_summary(answer.summary, full=full)),
            "modes": shown_modes(answer.modes, total, full=full),
            "mode_ranges": {
                mode: {
                    way: None if span is None else dict(zip(_ENDS, span, strict=True))
                    for way, span in spans.items()
                }
                for mode, spans in ranges.items()
            },
            "bands": [nulled(row) for row in records(bands)],
            "files": list(files),
            **answer.provenance.to_json(),
            "warnings": list(answer.warnings),
        }
    )
    return body


def access_body(answer: AccessAnswer, files: Sequence[str] = (), *, full: bool) -> dict[str, Any]:
    """Give the body of `xygeo access --json`.

    Parameters
    ----------
    answer, files, full
        As in `gap_body`.

    Returns
    -------
    Plain JSON values.
    """
    load = shown_load(answer, full=full).rename_axis("id").reset_index()
    referral = shown_referral(answer, full=full)
    homes = [
        {"id": home, "name": answer.facility_names.get(home), "people": people}
        for home, people in referral["homes"].items()
    ]
    body: dict[str, Any] = plain(
        {
            "rows": [nulled(row) for row in records(shown_access(answer, full=full))],
            "summary": nulled(shown_access_summary(answer, full=full)),
            "facilities": [nulled(row) for row in records(load)],
            "referral": {**nulled(referral), "homes": [nulled(home) for home in homes]},
            "files": list(files),
            **answer.provenance.to_json(),
            "warnings": list(answer.warnings),
        }
    )
    return body
