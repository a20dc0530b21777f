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
    "smtp": 1025,
    "nats": 4222,
}
Choice = Literal["default", "free"]
# Below the range that outgoing connections take theirs from (32768 and up), so that none gets between.
_LOWEST, _HIGHEST = 20_000, 32_000


def choose_ports(names: Iterable[str], choice: Choice = "default") -> dict[str, int]:
    """Return a port that is free at this moment for each name, no two the same."""
    chosen: dict[str, int] = {}
    for name in names:
        chosen[name] = _choose(DEFAULTS.get(name) if choice == "default" else None, set(chosen.values()))
    return chosen


def _choose(default: int | None, others: set[int]) -> int:
    if default is not None and default not in others and is_free(default):
        return default
    for port in random.sample(range(_LOWEST, _HIGHEST), 200):
        if port not in others and is_free(port):
            return port
    raise OSError(f"no free port found between {_LOWEST} and {_HIGHEST}")


def is_free(port: int) -> bool:
    """Say whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as servers do: leftovers of old connections are fine
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    """Say whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
