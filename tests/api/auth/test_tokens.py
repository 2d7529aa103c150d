"""Tokens: shown once, kept as hashes, with the present role of their owner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.account import Account
from layers.errors import Conflict, InvalidRecord, NotFound
from tests.api.signing import ADMIN


def test_a_token_stands_for_its_owner(accounts):
    text, token = accounts.issue_token("王经办", days=30, label="QGIS", gis=True, actor=ADMIN)
    assert text.startswith("xyg_")
    assert len(text) == 47
    assert accounts.by_token(text) == Account("王经办", "clerk", "token", gis=True)
    assert (token.name, token.label, token.gis) == ("王经办", "QGIS", True)
    assert token.expires_at - token.made_at == timedelta(days=30)
    assert accounts.tokens("王经办") == [token]


@pytest.mark.parametrize("text", ["", "xyg_", "xyg_" + "A" * 43, "\ud800", "xyg_\ud800", "王经办"])
def test_other_texts_stand_for_nobody(accounts, text):
    assert accounts.by_token(text) is None


def test_a_token_without_its_beginning_stands_for_nobody(accounts):
    text, _ = accounts.issue_token("lin", days=1, actor=ADMIN)
    assert accounts.by_token(text.removeprefix("xyg_")) is None
    assert accounts.by_session(text) is None


def test_a_token_has_the_present_role_of_its_owner(accounts):
    text, _ = accounts.issue_token("lin", days=1, actor=ADMIN)
    accounts.change_user("lin", role="reviewer", actor=ADMIN)
    assert accounts.by_token(text).role == "reviewer"


def test_a_token_ends_with_its_days(accounts, clock):
    text, _ = accounts.issue_token("lin", days=2, actor=ADMIN)
    clock.pass_(days=2, seconds=-1)
    assert accounts.by_token(text) is not None
    clock.pass_(seconds=1)
    assert accounts.by_token(text) is None


def test_expired_tokens_are_swept_out_by_the_next(accounts, clock):
    accounts.issue_token("lin", days=1, actor=ADMIN)
    clock.pass_(days=1)
    _, token = accounts.issue_token("lin", days=1, actor=ADMIN)
    assert accounts.tokens("lin") == [token]


def test_a_revoked_token_stands_for_nobody_at_once(accounts):
    text, token = accounts.issue_token("lin", days=1, actor=ADMIN)
    kept, _ = accounts.issue_token("lin", days=1, actor=ADMIN)
    accounts.revoke_token(token.id, owner="lin", actor=ADMIN)
    assert accounts.by_token(text) is None
    assert accounts.by_token(kept) is not None


def test_nobody_revokes_the_token_of_another(accounts):
    text, token = accounts.issue_token("lin", days=1, actor=ADMIN)
    for id, owner in ((token.id, "王经办"), ("0" * 12, "lin"), (text, "lin")):
        with pytest.raises(NotFound) as refused:
            accounts.revoke_token(id, owner=owner, actor=ADMIN)
        assert refused.value.code == "unknown_token"
    assert accounts.by_token(text) is not None


def test_disabling_revokes_the_tokens_for_good(accounts):
    text, _ = accounts.issue_token("lin", days=1, actor=ADMIN)
    accounts.change_user("lin", active=False, actor=ADMIN)
    accounts.change_user("lin", active=True, actor=ADMIN)
    assert accounts.by_token(text) is None


def test_revoking_all_ends_sessions_too(accounts):
    from tests.api.signing import GOOD

    texts = [accounts.issue_token("lin", days=1, actor=ADMIN)[0] for _ in range(2)]
    cookie = accounts.sign_in("lin", GOOD).cookie
    assert accounts.revoke_all("LIN", actor=ADMIN) == 2
    assert [accounts.by_token(text) for text in texts] == [None, None]
    assert accounts.by_session(cookie) is None


def test_a_token_is_found_by_its_id_and_by_its_text(accounts):
    text, token = accounts.issue_token("lin", days=1, actor=ADMIN)
    assert accounts.find_token(token.id) == accounts.find_token(text) == token
    assert accounts.find_token("0" * 12) is None


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"days": 0}, "token_days"),
        ({"days": 367}, "token_days"),
        ({"days": 1, "label": "x" * 65}, "token_label"),
        ({"days": 1, "label": "a\nb"}, "token_label"),
    ],
)
def test_days_and_label_have_bounds(accounts, wish, code):
    with pytest.raises(InvalidRecord) as refused:
        accounts.issue_token("lin", **wish, actor=ADMIN)
    assert refused.value.code == code


def test_a_disabled_account_gets_no_token(accounts):
    accounts.change_user("lin", active=False, actor=ADMIN)
    with pytest.raises(Conflict) as refused:
        accounts.issue_token("lin", days=1, actor=ADMIN)
    assert refused.value.code == "account_disabled"


def test_an_account_has_at_most_fifty_tokens(accounts):
    for _ in range(50):
        accounts.issue_token("lin", days=1, actor=ADMIN)
    with pytest.raises(Conflict) as refused:
        accounts.issue_token("lin", days=1, actor=ADMIN)
    assert refused.value.code == "too_many_tokens"
