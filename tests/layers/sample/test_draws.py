"""Draws are the same for good: the numbers here were written down once."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.sample.draws import Draws


def test_the_stream_is_the_one_written_down():
    assert Draws(7, "roads").unit(1).tolist() == [0.03426566003909093]


def test_the_stream_is_numpys_own_for_the_layers_key():
    bits = np.random.PCG64(np.random.SeedSequence(7, spawn_key=(zlib.crc32(b"roads"),)))
    assert Draws(7, "roads").unit(9).tolist() == np.random.Generator(bits).random(9).tolist()


def test_each_layer_has_its_own_stream():
    assert Draws(7, "roads").unit(1) != Draws(7, "elders").unit(1)
    assert Draws(7, "roads").unit(1) != Draws(8, "roads").unit(1)


def test_a_draw_in_two_parts_is_the_same_draw():
    parts = Draws(1, "roads")
    whole = Draws(1, "roads").unit(5)
    assert np.concatenate([parts.unit(2), parts.unit(3)]).tolist() == whole.tolist()


@given(st.integers(0, 2**32), st.integers(-50, 50), st.integers(1, 60))
def test_whole_numbers_keep_to_their_bounds(seed, low, width):
    drawn = Draws(seed, "x").whole(low, low + width, 100)
    assert low <= drawn.min() <= drawn.max() < low + width


def test_every_whole_number_is_drawn_as_often():
    counts = np.bincount(Draws(3, "x").whole(0, 4, 40_000))
    assert counts == pytest.approx([10_000] * 4, rel=0.05)


def test_an_order_is_a_permutation():
    assert sorted(Draws(3, "x").order(20)) == list(range(20))


def test_between_keeps_to_its_bounds():
    drawn = Draws(3, "x").between(-2.0, 5.0, 1000)
    assert -2.0 <= drawn.min() < -1.9
    assert 4.9 < drawn.max() < 5.0
