"""A chain shows what was taken out, put in, moved or altered."""

from __future__ import annotations

import pytest

from layers.anchors import Anchor
from layers.evidence import Chain, check_anchors
from layers.history import GENESIS, digest, event_hash

AT = "2024-06-30T08:00:00.000Z"


def chain_of(number: int, *, per_txn: int = 1) -> list[tuple[tuple, tuple]]:
    """Events that create features f1, f2 ... with their versions."""
    pairs, prev = [], GENESIS
    for seq in range(1, number + 1):
        body = f'{{"id":"f{seq}"}}'
        txn = (seq - 1) // per_txn * per_txn + 1
        event = (seq, txn, AT, "甲", "create", "roads", f"f{seq}", 1, "{}", digest(body), prev)
        prev = event_hash(*event)
        pairs.append(((*event, prev), ("roads", f"f{seq}", 1, AT, body)))
    return pairs


def follow(pairs) -> tuple[Chain, list]:
    chain = Chain()
    flaws = [flaw for event, version in pairs for flaw in chain.follow(event, version)]
    chain.finish()
    return chain, flaws


def test_a_whole_chain_has_no_flaw_and_knows_what_must_be_there():
    chain, flaws = follow(chain_of(4, per_txn=2))
    assert flaws == []
    assert chain.ends == [2, 4]
    assert chain.features["roads", "f3"].alive


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_an_event_taken_out_is_missed(gone):
    pairs = chain_of(4)
    del pairs[gone]
    assert {flaw.seq for flaw in follow(pairs)[1]} & {gone + 1}


def test_two_events_exchanged_are_noticed():
    first, second = chain_of(2)
    assert follow([second, first])[1]


def test_an_event_without_its_version_is_noticed():
    (event, _), *_ = chain_of(1)
    assert [flaw.kind for flaw in follow([(event, None)])[1]] == ["history"]


def lines(chain: Chain, *seqs: int, store: str = "s") -> list[str]:
    return [Anchor(store, seq, *chain.heads[seq]).line() for seq in seqs]


def test_anchors_of_the_chain_are_no_flaw():
    chain, _ = follow(chain_of(3))
    assert not list(check_anchors(chain, "s", lines(chain, 0, 2, 3)))


def test_anchors_of_other_stores_are_passed_over_but_ones_own_must_be_there():
    chain, _ = follow(chain_of(3))
    foreign = [Anchor("other", 99, "x", AT).line()]
    assert not list(check_anchors(chain, "s", foreign + lines(chain, 3)))
    assert list(check_anchors(chain, "s", foreign))


def test_one_anchor_may_be_missing_after_a_kill_two_may_not():
    chain, _ = follow(chain_of(400, per_txn=100))
    assert not list(check_anchors(chain, "s", lines(chain, 0, 200, 300, 400)))
    assert list(check_anchors(chain, "s", lines(chain, 0, 300, 400)))
