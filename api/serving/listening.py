"""The socket on which the service listens: bound once, by the parent, for all workers."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from geo.errors import PlatformError
from layers.system_errors import reason

__all__ = ["BACKLOG", "CannotListen", "bind", "hosts_of", "url_of"]

BACKLOG = 2048
"""Connections that may wait to be accepted."""

_LOCAL = ("localhost", "127.0.0.1", "::1")


class CannotListen(PlatformError):  # noqa: N818 - a word of ours
    """Host or port cannot be listened on."""

    code = "cannot_listen"


def bind(host: str, port: int) -> socket.socket:
    """Bind a listening socket.

    Parameters
    ----------
    host
        Name or address of this machine.
    port
        0: any free one.

    Returns
    -------
    The socket, which child processes may inherit.

    Raises
    ------
    CannotListen
        `bad_host` if the host is none of this machine's; `port_taken`; `port_refused` for a port
        that only root may use.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise CannotListen(
            f"不认识主机“{host}”，请用本机的地址或名称，如 127.0.0.1。",
            code="bad_host",
            where="--host",
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        code, words, where = _refusal(error, host, port)
        raise CannotListen(words, code=code, where=where) from error
    listener.set_inheritable(True)
    return listener


def _refusal(error: OSError, host: str, port: int) -> tuple[str, str, str]:
    if error.errno == errno.EADDRINUSE:
        words = f"端口 {port} 已被其他程序占用，请用 --port 换一个，或先停掉那个程序。"
        return "port_taken", words, "--port"
    if error.errno in {errno.EACCES, errno.EPERM}:
        words = f"没有权限使用端口 {port}，请用 --port 换一个大于 1023 的。"
        return "port_refused", words, "--port"
    words = f"本机没有地址“{host}”（{reason(error)}），请用本机的地址，如 127.0.0.1。"
    return "bad_host", words, "--host"


def url_of(listener: socket.socket) -> str:
    """Give the URL by which a bound socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    if ip_address(host.partition("%")[0]).is_unspecified:
        host = "127.0.0.1" if listener.family == socket.AF_INET else "::1"
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def hosts_of(host: str, public_url: str) -> tuple[str, ...]:
    """Give the names by which the service may be asked where the settings name none.

    Parameters
    ----------
    host
        On which it listens.
    public_url
        Of the settings; "" for none.

    Returns
    -------
    Host names without port.
    """
    outside = urlsplit(public_url).hostname
    return tuple(dict.fromkeys([host, *_LOCAL, *([outside] if outside else [])]))
