"""The durable consumer at the server: made, found again, told to give to us; over JetStream's own API.

It is in a priority group with a pinned client (NATS 2.11 and later), so that of several processes of one
subscriber a single one gets messages at a time, and each thing's events stay in order.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import nats.errors
from nats.aio.client import Client

from fullmakt.events.subscriber.pulling import NANO

GROUP = "all"
PIN_TIMEOUT = 10
"""Seconds without a pull request after which another process takes over."""
NO_CONSUMER, NO_STREAM = 10014, 10059
TIMEOUT = 5.0
OLDEST_SERVER = (2, 11)


class DurableError(Exception):
    """The server refused; the argument is its description."""


class Missing(DurableError):
    """There is no such stream or durable."""


class State(msgspec.Struct, frozen=True):
    """What the server knows of a durable: the last sequence delivered, and how many are not acknowledged."""

    delivered: int
    unacknowledged: int
    pending: int
    subjects: list[str]
    created: str
    metadata: dict[str, str]
    config: dict[str, Any]


class Durable:
    """One durable on one stream."""

    def __init__(self, client: Client, stream: str, name: str, *, ack_wait: float, most_in_hand: int) -> None:
        self.client = client
        self.stream = stream
        self.name = name
        self.ack_wait = ack_wait
        self.most_in_hand = most_in_hand

    async def state(self) -> State:
        """How it stands; Missing where it isn't, DurableError also where the server is too old for it."""
        server = self.client.connected_server_version
        if (server.major, server.minor) < OLDEST_SERVER:
            raise DurableError(f"NATS is {server.major}.{server.minor}; a subscriber needs 2.11 or later")
        return _state(await self._ask(f"CONSUMER.INFO.{self.stream}.{self.name}"))

    async def create(self, subjects: Sequence[str], start: dict[str, Any], metadata: dict[str, str]) -> None:
        """Make it, from this start on."""
        await self._put(start, subjects, metadata)

    def fits(self, state: State, subjects: Sequence[str]) -> bool:
        """Whether it is as we would make it, for these subjects."""
        as_ours = all(state.config.get(name) == value for name, value in self._settings().items())
        return as_ours and state.subjects == list(subjects)

    async def change(self, state: State, subjects: Sequence[str], metadata: dict[str, str]) -> None:
        """Have it give these subjects from now on, with our settings; what it has given is not given again."""
        config = {key: value for key, value in state.config.items() if key not in {"filter_subject", "filter_subjects"}}
        await self._put(config, subjects, metadata)

    async def take_over(self) -> None:
        """Have the server give to whoever asks next: us, in place of a process that is gone or about to go."""
        await self._ask(f"CONSUMER.UNPIN.{self.stream}.{self.name}", {"group": GROUP})

    def _settings(self) -> dict[str, Any]:
        return {
            "durable_name": self.name,
            "ack_policy": "explicit",
            "ack_wait": int(self.ack_wait * NANO),
            "max_ack_pending": self.most_in_hand,
            "priority_groups": [GROUP],
            "priority_policy": "pinned_client",
            "priority_timeout": PIN_TIMEOUT * NANO,
        }

    async def _put(self, config: dict[str, Any], subjects: Sequence[str], metadata: dict[str, str]) -> None:
        wanted = config | self._settings() | {"filter_subjects": list(subjects), "metadata": metadata}
        body = {"stream_name": self.stream, "config": wanted}
        await self._ask(f"CONSUMER.CREATE.{self.stream}.{self.name}", body)

    async def _ask(self, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        encoded = b"" if body is None else msgspec.json.encode(body)
        try:
            reply = await self.client.request(f"$JS.API.{call}", encoded, timeout=TIMEOUT)
        except nats.errors.NoRespondersError as error:
            raise DurableError("JetStream does not answer") from error
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise DurableError(f"no answer to {call}: is it allowed to this user? ({type(error).__name__})") from error
        answer: dict[str, Any] = msgspec.json.decode(reply.data)
        if "error" in answer:
            kind = Missing if answer["error"].get("err_code") in {NO_CONSUMER, NO_STREAM} else DurableError
            raise kind(answer["error"].get("description", ""))
        return answer


def _state(info: dict[str, Any]) -> State:
    config = info["config"]
    return State(
        delivered=info["delivered"]["consumer_seq"],
        unacknowledged=info["num_ack_pending"],
        pending=info["num_pending"],
        subjects=sorted(config.get("filter_subjects") or [config.get("filter_subject", ">")]),
        created=info["created"],
        metadata=config.get("metadata") or {},
        config=config,
    )
