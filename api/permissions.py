"""What each role may do: one table, which routes, their descriptions and the page all read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.account import Role

__all__ = [
    "ACCOUNTS",
    "ADMIN",
    "AUDIT",
    "CLERKS",
    "EVERYBODY",
    "PLANNERS",
    "REVIEWERS",
    "readers",
    "sees_small_cells",
    "writers",
]

EVERYBODY: frozenset[Role] = frozenset(
    {"viewer", "clerk", "planner", "reviewer", "admin", "auditor"}
)
ACCOUNTS = EVERYBODY - {"viewer"}
CLERKS: frozenset[Role] = frozenset({"clerk", "planner", "reviewer"})
PLANNERS: frozenset[Role] = frozenset({"planner", "reviewer"})
REVIEWERS: frozenset[Role] = frozenset({"reviewer"})
ADMIN: frozenset[Role] = frozenset({"admin"})
AUDIT: frozenset[Role] = frozenset({"admin", "auditor"})

_FOR_ACCOUNTS = frozenset({"inspections", "findings", "boundary_markers"})
_OFFICIAL = frozenset({"divisions", "boundary_lines", "boundary_markers"})
_BY_CASES = frozenset({"inspections", "findings"})


def readers(layer: str) -> frozenset[Role]:
    """Say who may read a layer.

    Parameters
    ----------
    layer
        Its name.

    Returns
    -------
    The roles; of what they read, `layers.privacy` still hides small counts.
    """
    return ACCOUNTS if layer in _FOR_ACCOUNTS else EVERYBODY


def writers(layer: str) -> frozenset[Role]:
    """Say who may write and import a layer.

    Parameters
    ----------
    layer
        Its name.

    Returns
    -------
    The roles: reviewers for official layers, planners for `elders` (nobody saves a hidden count
    back), nobody for what only casework writes, clerks for the rest.
    """
    if layer in _BY_CASES:
        return frozenset()
    if layer in _OFFICIAL:
        return REVIEWERS
    return PLANNERS if layer == "elders" else CLERKS


def sees_small_cells(role: Role) -> bool:
    """Say whether counts below five are shown to a role.

    Parameters
    ----------
    role
        Of the account.

    Returns
    -------
    True for planners and reviewers.
    """
    return role in PLANNERS
