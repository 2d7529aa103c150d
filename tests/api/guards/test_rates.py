"""So many calls a minute, for each account or address."""

from __future__ import annotations

import pytest

from api.account import VIEWER, Account
from api.guards.rates import RateLimits
from api.problems import Refused

CLERK = Account("wang", "clerk", "token")


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def calls(limits, number, cost="read", account=VIEWER, address="10.0.0.1"):
    """Call so often; give how many were let through."""
    passed = 0
    for _ in range(number):
        try:
            limits.require(cost, account, address)
            passed += 1
        except Refused:
            pass
    return passed


def test_a_minutes_worth_is_let_through_and_no_more():
    limits = RateLimits(reads=600, writes=120, now=Clock())
    assert calls(limits, 1000) == 600
    assert calls(limits, 1000, "write") == 120


def test_the_refusal_says_when_to_come_again():
    clock = Clock()
    limits = RateLimits(reads=2, writes=1, now=clock)
    calls(limits, 2)
    with pytest.raises(Refused) as caught:
        limits.require("read", VIEWER, "10.0.0.1")
    assert (caught.value.status, caught.value.headers) == (429, {"Retry-After": "30"})
    clock.now += 30
    assert calls(limits, 2) == 1


def test_addresses_and_accounts_are_counted_apart():
    limits = RateLimits(reads=5, writes=5, now=Clock())
    assert calls(limits, 9, address="10.0.0.1") == 5
    assert calls(limits, 9, address="10.0.0.2") == 5
    assert calls(limits, 9, account=CLERK, address="10.0.0.1") == 5


def test_an_account_is_counted_wherever_it_calls_from():
    limits = RateLimits(reads=5, writes=5, now=Clock())
    assert calls(limits, 3, account=CLERK, address="a") == 3
    assert calls(limits, 9, account=CLERK, address="b") == 2


@pytest.mark.parametrize(("reads", "cost"), [(0, "read"), (1, "free")])
def test_what_has_no_limit_is_not_counted(reads, cost):
    assert calls(RateLimits(reads=reads, writes=1, now=Clock()), 5000, cost) == 5000


def test_many_addresses_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("api.guards.rates._MOST_KEYS", 10)
    clock = Clock()
    limits = RateLimits(reads=5, writes=5, now=clock)
    for number in range(100):
        clock.now += 0.01
        limits.require("read", VIEWER, str(number))
    assert len(limits._full_at) <= 10
    assert calls(limits, 9, address="99") == 4  # whoever called last is still counted
