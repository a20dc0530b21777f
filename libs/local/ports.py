"""Ports on 127.0.0.1: the well-known default, or a free one where that is taken."""

import random
import socket
from collections.abc import Iterable
from typing import Literal

HOST = "127.0.0.1"
DEFAULTS = {
    "portal": 8000,
    "identity": 8001,
    "clients": 8002,
    "access": 8003,
    "notify": 8004,
    "catcher": 8025,
    "control": 8026,
    "smtp": 1025,
    "nats": 4222,
}
Choice = Literal["default", "free"]
# Below the range that outgoing connections take theirs from (32768 and up), so that none gets between.
_LOWEST, _HIGHEST = 20_000, 32_000


def choose_ports(names: Iterable[str], choice: Choice = "default") -> dict[str, int]:
    """Return a free port for each name, no two the same; whoever else chooses takes others while this process lives."""
    return {name: _choose(DEFAULTS.get(name) if choice == "default" else None) for name in names}


def _choose(default: int | None) -> int:
    if default is not None and _reserve(default, after_others=True):
        return default
    for port in random.sample(range(_LOWEST, _HIGHEST), 200):
        if _reserve(port):
            return port
    raise OSError(f"no free port found between {_LOWEST} and {_HIGHEST}")


def _reserve(port: int, *, after_others: bool = False) -> bool:
    """Bind a socket to the port until this process ends, and say whether it could be: many systems start at once.

    A server can listen beside it, since that socket doesn't and allows reuse, as servers do.
    `after_others`: leftovers of old connections are fine; so is, then, the reservation of somebody else.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, after_others)
    try:
        held.bind((HOST, port))
    except OSError:
        held.close()
        return False
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
    held.detach()  # stays open
    return True


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
