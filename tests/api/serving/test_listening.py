"""A socket is bound, or one sentence says why not."""

from __future__ import annotations

import os
import socket
from contextlib import closing

import pytest

from api.serving.listening import CannotListen, bind, hosts_of, url_of


def test_a_free_port_is_found_and_told():
    with closing(bind("127.0.0.1", 0)) as listener:
        url = url_of(listener)
        assert url == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert os.get_inheritable(listener.fileno())
        socket.create_connection(listener.getsockname()).close()


def test_all_addresses_are_told_as_this_machine():
    with closing(bind("0.0.0.0", 0)) as listener:  # noqa: S104 - what is tested
        assert url_of(listener).startswith("http://127.0.0.1:")


def test_a_taken_port_is_refused():
    with closing(bind("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListen, match=f"端口 {port} 已被") as caught:
            bind("127.0.0.1", port)
    assert caught.value.code == "port_taken"


@pytest.mark.parametrize("host", ["no such host", "192.0.2.7", "x" * 300, "a..b"])
def test_a_host_that_is_not_this_machines_is_refused(host):
    with pytest.raises(CannotListen) as caught:
        bind(host, 0)
    assert (caught.value.code, caught.value.where) == ("bad_host", "--host")


def test_own_names_are_allowed_by_default():
    assert hosts_of("10.1.2.3", "https://map.example.cn") == (
        "10.1.2.3", "localhost", "127.0.0.1", "::1", "map.example.cn",
    )  # fmt: skip
    assert hosts_of("localhost", "") == ("localhost", "127.0.0.1", "::1")
