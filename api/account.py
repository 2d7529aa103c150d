"""Who asks: the account behind a request, or nobody, who is a viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from layers.store_values import Actor

__all__ = ["ROLES", "ROLE_TITLES", "VIEWER", "Account", "Role", "Via"]

Role = Literal["viewer", "clerk", "planner", "reviewer", "admin", "auditor"]
Via = Literal["nobody", "session", "token"]

ROLE_TITLES: dict[Role, str] = {
    "viewer": "访客",
    "clerk": "经办人",
    "planner": "规划人员",
    "reviewer": "审核人",
    "admin": "管理员",
    "auditor": "审计员",
}
"""Role -> what people call it."""

ROLES: tuple[Role, ...] = tuple(role for role in ROLE_TITLES if role != "viewer")
"""Roles that an account may have."""


@dataclass(frozen=True)
class Account:
    """Who asks.

    Attributes
    ----------
    name
        Of the account; "" for nobody.
    role
        What it may do; see `api.permissions`.
    via
        How it was recognised.
    gis
        Its token was made for desktop GIS, which never sends If-Match.
    """

    name: str
    role: Role
    via: Via
    gis: bool = False

    @property
    def known(self) -> bool:
        """Whether somebody signed in."""
        return self.role != "viewer"

    @property
    def actor(self) -> Actor:
        """Give whom the history will name; only for a known account."""
        return Actor(self.name, self.role, verified=True)


VIEWER = Account(name="", role="viewer", via="nobody")
"""Nobody signed in."""
