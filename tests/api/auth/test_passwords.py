"""Which passwords are accepted, and how they are kept."""

from __future__ import annotations

import secrets

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from api.auth.passwords import Passwords, require_good
from layers.errors import InvalidRecord


def verdict(password, name="王经办"):
    try:
        require_good(password, name)
    except InvalidRecord as error:
        return error.code
    return "good"


@pytest.mark.parametrize(
    "password",
    [
        "correct-horse-battery",
        "clerk-password-1",
        "我家门口有三棵老槐树每年开花",
        "x" * 3 + "8kqTz)w4m",
    ],
)
def test_a_password_of_unrelated_parts_is_good(password):
    assert verdict(password) == "good"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kx8!Tqz4mW2", "password_short"),
        ("kx8!Tqz4mW2p" * 10 + "kx8!Tqz4m", "password_long"),
        ("kx8!Tqz4\x00mW2p", "password_characters"),
        ("kx8!Tqz4\ud800mW2p", "password_characters"),
    ],
)
def test_a_password_of_the_wrong_size_or_kind_says_why(password, code):
    assert verdict(password) == code


def test_twelve_and_128_characters_are_enough_and_not_too_many():
    assert verdict("kx8!Tqz4mW2p") == "good"
    assert verdict(("kx8!Tqz4mW2pQz" * 10)[:128]) == "good"


COMMON = """
password1234 Password123! P@ssw0rd1234 passw0rd!2024
letmein12345 administrator qwertyuiop12 1qaz2wsx3edc
!QAZ2wsx#EDC qwer1234asdf asdfasdfasdf 1q2w3e4r5t6y
a1b2c3d4e5f6 123456789012 147258369000 aaaaaaaaaaaa
ababababab12 abcdefghijkl iloveyou1234 woaini1314520
mima12345678 zhang19900101 zhangsan123456 13812345678a
140423199001011234 xiangyuan@2024 xiangyuanminzheng huawei@123456
襄垣县民政局123456 ｐａｓｓｗｏｒｄ１２３４
"""


@pytest.mark.parametrize("password", COMMON.split())
def test_a_password_that_everybody_tries_first_is_common(password):
    assert verdict(password) == "password_common"


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("guojianmin-office", "guojianmin-office"),
        ("guojianmin2024", "guojianmin"),
        ("nimnaijoug@123", "guojianmin"[::-1]),
        ("Hao.Jianmin2024", "hao.jianmin"),
        ("欧阳文华欧阳文华2024", "欧阳文华"),
    ],
)
def test_a_password_that_is_the_name_and_little_else_is_refused(password, name):
    assert verdict(password, name) == "password_name"
    assert verdict(password, "someone-else") == "good"


@given(st.binary(min_size=12, max_size=12))
def test_random_passwords_are_not_taken_for_common_ones(noise):
    import base64

    if len(set(noise)) == 12:
        assert verdict(base64.b85encode(noise).decode()) == "good"


def test_a_hash_fits_its_password_alone(cheap):
    stored = cheap.hash("three-Green-kettles")
    assert stored.startswith("$argon2id$")
    assert cheap.fits(stored, "three-Green-kettles")
    assert not cheap.fits(stored, "three-green-kettles")
    assert stored != cheap.hash("three-Green-kettles")


def test_full_width_letters_are_the_same_password(cheap):
    assert cheap.fits(cheap.hash("three green kettles"), "ｔｈｒｅｅ　ｇｒｅｅｎ　kettles")


@pytest.mark.parametrize("password", ["", "x" * 129, "\ud800" * 12, "no account has this"])
def test_what_can_be_no_password_fits_nothing(cheap, password):
    assert not cheap.fits(None, password)
    assert not cheap.fits(cheap.hash("three-Green-kettles"), password)


def test_a_damaged_hash_fits_nothing(cheap):
    assert not cheap.fits("$argon2id$broken", "three-Green-kettles")


def test_a_password_without_an_account_costs_a_verification_too(cheap, monkeypatch):
    verified = []
    real = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, *about: verified.append(1) or real(self, *about)
    )
    assert not cheap.fits(None, secrets.token_hex(8))
    assert verified == [1]


def test_a_hash_of_other_costs_is_outdated(cheap):
    stored = cheap.hash("three-Green-kettles")
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert dearer.outdated(stored)
    assert not cheap.outdated(stored)
    assert dearer.fits(stored, "three-Green-kettles")


def test_the_service_hashes_with_argon2id_and_46_mebibytes():
    assert "m=47104,t=1,p=1" in Passwords().hash("three-Green-kettles")
