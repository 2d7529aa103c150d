"""How often one account or address may call, in this worker."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from api.problems import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.account import Account
    from api.operations import Cost
    from api.service import Service

__all__ = ["RateLimits", "rate_limits"]

_MINUTE = 60.0
_MOST_KEYS = 50_000
_TITLES = {"read": "读取", "write": "写入"}


class RateLimits:
    """Buckets that fill up evenly: a minute's worth at once, then one call at a time.

    Parameters
    ----------
    reads, writes
        Calls a minute; 0: without limit.
    now
        A clock that never goes back, in seconds.
    """

    def __init__(
        self, *, reads: int, writes: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits: dict[Cost, int] = {"read": reads, "write": writes, "free": 0}
        self._now = now
        self._full_at: dict[tuple[Cost, str], float] = {}
        self._lock = threading.Lock()

    def require(self, cost: Cost, account: Account, address: str) -> None:
        """Count a call.

        Parameters
        ----------
        cost
            Of the operation; ``free`` is not counted.
        account
            Who calls; its name counts where somebody signed in, else the address does.
        address
            Of the caller.

        Raises
        ------
        Refused
            429 `too_many`, with Retry-After.
        """
        limit = self._limits[cost]
        if not limit:
            return
        key = (cost, f"account {account.name}" if account.known else f"address {address}")
        each = _MINUTE / limit
        with self._lock:
            now = self._now()
            full_at = max(self._full_at.get(key, now), now)
            wait = full_at + each - _MINUTE - now
            if wait <= 0:
                if len(self._full_at) >= _MOST_KEYS:
                    self._forget(now)
                self._full_at[key] = full_at + each
                return
        raise Refused(
            429,
            f"{_TITLES[cost]}过于频繁（每分钟至多 {limit} 次），请稍后再试。",
            code="too_many",
            headers={"Retry-After": str(max(1, int(wait + 0.999)))},
        )

    def _forget(self, now: float) -> None:
        """Drop buckets that are full again; if none is, those that were used longest ago."""
        kept = {key: at for key, at in self._full_at.items() if at > now}
        if len(kept) >= _MOST_KEYS:
            latest = sorted(kept.items(), key=lambda pair: pair[1])[_MOST_KEYS // 2 :]
            kept = dict(latest)
        self._full_at = kept


def rate_limits(service: Service) -> RateLimits:
    """Make the limits of a worker, for `Service.part`."""
    settings = service.settings
    return RateLimits(reads=settings.reads_per_minute, writes=settings.writes_per_minute)
