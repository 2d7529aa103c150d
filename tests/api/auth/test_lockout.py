"""Guessing is slow: five by name, twenty by address, then waiting that doubles."""

from __future__ import annotations

import threading

import pytest

from api.auth import Accounts, SignInRefused, TooManyAttempts
from api.auth.lockout import of_address
from layers.accesslog import AccessLog
from tests.api.signing import ADMIN, GOOD

WRONG = "seven-Quiet-lanterns"


def guess(accounts, name="lin", password=WRONG, address=""):
    """Seconds to wait, 0 for a judged and wrong one, None for the right one."""
    try:
        accounts.sign_in(name, password, address=address)
    except SignInRefused:
        return 0
    except TooManyAttempts as error:
        return error.retry_after
    return None


@pytest.mark.parametrize("name", ["lin", "nobody"])
def test_after_five_wrong_passwords_a_name_waits_whether_it_exists_or_not(accounts, name):
    assert [guess(accounts, name) for _ in range(7)] == [0] * 5 + [60, 60]


def test_while_a_name_waits_even_the_right_password_is_not_looked_at(accounts):
    for _ in range(5):
        guess(accounts)
    assert guess(accounts, password=GOOD) == 60
    assert guess(accounts, "LIN", GOOD) == 60
    assert guess(accounts, "王经办", GOOD) is None


def test_the_wait_ends_and_its_rest_is_told(accounts, clock):
    for _ in range(5):
        guess(accounts)
    clock.pass_(seconds=59.5)
    assert guess(accounts, password=GOOD) == 1
    clock.pass_(seconds=0.5)
    assert guess(accounts, password=GOOD) is None


def test_each_further_wait_is_twice_as_long_up_to_an_hour(accounts, clock):
    waits = []
    while len(waits) < 9:
        wait = guess(accounts)
        if wait:
            waits.append(wait)
            clock.pass_(seconds=wait)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_the_right_password_forgives_the_name(accounts):
    for _ in range(3):
        assert [guess(accounts) for _ in range(4)] == [0] * 4
        assert guess(accounts, password=GOOD) is None


def test_wrong_ones_are_forgotten_after_a_quarter_of_an_hour(accounts, clock):
    for _ in range(4):
        guess(accounts)
    clock.pass_(minutes=15)
    assert [guess(accounts) for _ in range(5)] == [0] * 5


def test_a_day_after_a_wait_the_next_is_short_again(accounts, clock):
    for _ in range(5):
        guess(accounts)
    clock.pass_(hours=24, seconds=60)
    assert [guess(accounts) for _ in range(6)] == [0] * 5 + [60]


def test_after_twenty_wrong_ones_an_address_waits_for_all_names(accounts):
    assert [guess(accounts, f"name{n}", address="192.0.2.7") for n in range(21)] == [0] * 20 + [60]
    assert guess(accounts, password=GOOD, address="192.0.2.7") == 60
    assert guess(accounts, password=GOOD, address="192.0.2.8") is None


def test_right_passwords_are_not_counted_against_an_address(accounts):
    for _ in range(25):
        assert guess(accounts, password=GOOD, address="192.0.2.7") is None


def test_a_right_password_does_not_forgive_the_address_its_guesses(accounts):
    for n in range(19):
        guess(accounts, f"name{n}", address="192.0.2.7")
    assert guess(accounts, password=GOOD, address="192.0.2.7") is None
    assert guess(accounts, "name19", address="192.0.2.7") == 0
    assert guess(accounts, "name20", address="192.0.2.7") == 60


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("testclient", "testclient", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one, other, same):
    assert (of_address(one) == of_address(other)) is same


def test_guesses_sent_at_once_are_counted_too(accounts):
    found = []
    threads = [threading.Thread(target=lambda: found.append(guess(accounts))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0] * 5 + [60] * 7


def test_all_workers_count_together(accounts, path, clock, cheap):
    with Accounts(path, clock=clock, passwords=cheap) as other:
        assert [guess(one) for one in (accounts, other) * 3] == [0] * 5 + [60]


def test_a_new_password_from_the_administrator_ends_the_wait(accounts):
    for _ in range(5):
        guess(accounts)
    accounts.change_user("lin", password=WRONG, actor=ADMIN)
    assert guess(accounts, password=WRONG) is None


def test_the_own_old_password_cannot_be_guessed_faster(accounts):
    from layers.errors import NotAllowed

    session = accounts.sign_in("lin", GOOD)
    for _ in range(5):
        with pytest.raises(NotAllowed):
            accounts.change_own_password(session.account, WRONG, WRONG)
    with pytest.raises(TooManyAttempts):
        accounts.change_own_password(session.account, GOOD, WRONG)


def test_the_log_tells_when_a_wait_began(accounts, path):
    for _ in range(7):
        guess(accounts)
    with AccessLog(path) as log:
        details = [e.detail for e in log.entries() if e.action == "sign_in_refused"]
    assert [detail.get("locked_seconds") for detail in details] == [None] * 4 + [60]
