"""Who asks: the cost that every call of an account bears, and that of a guessed password."""

from __future__ import annotations

import contextlib
import secrets
from statistics import median
from time import process_time, thread_time

import pytest

from api.auth import Accounts, SignInRefused
from tests.api.signing import GOOD, OPERATOR

pytestmark = pytest.mark.bench
ASKED = 5_000


def cpu_us(question):
    """Microseconds of this thread for one of many calls; other work on the machine is left out."""
    begin = thread_time()
    for _ in range(ASKED):
        question()
    return (thread_time() - begin) / ASKED * 1e6


def test_finding_the_account_of_a_request(tmp_path):
    with Accounts(tmp_path / "accounts.sqlite") as accounts:
        accounts.create_user("lin", "planner", GOOD, actor=OPERATOR)
        texts = [accounts.issue_token("lin", days=1, actor=OPERATOR)[0] for _ in range(50)]
        cookie = accounts.sign_in("lin", GOOD).cookie
        for name, question in {
            "token": lambda: accounts.by_token(texts[17]),
            "unknown token": lambda: accounts.by_token("xyg_" + "A" * 43),
            "session": lambda: accounts.by_session(cookie),
        }.items():
            print(f"\n{name}: {cpu_us(question):.1f} us")


def test_a_wrong_password_costs_the_same_whether_the_account_exists(tmp_path):
    def guess(name):
        begin = process_time()
        with contextlib.suppress(SignInRefused):
            accounts.sign_in(name, "seven-Quiet-lanterns")
        return process_time() - begin

    with Accounts(tmp_path / "accounts.sqlite") as accounts:
        for n in range(10):
            accounts.create_user(f"user{n}", "clerk", GOOD, actor=OPERATOR)
        known, unknown = [], []
        for n in range(10):
            known.append(guess(f"user{n}"))
            unknown.append(guess(secrets.token_hex(4)))
    known_ms, unknown_ms = median(known) * 1e3, median(unknown) * 1e3
    print(f"\nwrong password: {known_ms:.1f} ms | no account {unknown_ms / known_ms:.3f} x")
