"""Caught mails and text messages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

import httpx
import msgspec

from fullmakt.testing.calls import Loop, on_loop
from fullmakt.testing.waiting import until


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A mail or text message that was caught. `links` are the addresses in it, `headers` those of a mail."""

    n: int
    kind: Literal["mail", "sms"]
    to: list[str]
    sender: str = msgspec.field(name="from")
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: dict[str, str] = {}
    links: list[str] = []
    at: datetime

    def says(self, containing: str) -> bool:
        """Whether its subject or its text has this in it."""
        return containing in self.subject or containing in self.text


class Reachable(Protocol):
    """Somebody with an address."""

    email: str
    mobile: str | None


class Caught:
    """Messages of one kind to the people of a test."""

    def __init__(
        self, loop: Loop, http: httpx.AsyncClient, catcher: str, kind: str, to: Callable[[], set[str]]
    ) -> None:
        self.loop = loop
        self._http = http
        self._catcher = catcher
        self._kind = kind
        self._ours = to

    @on_loop
    async def expect(
        self, *, to: str | Reachable | None = None, containing: str = "", count: int = 1, within: float = 5
    ) -> Message:
        """The newest message to somebody, with this in its subject or text, as soon as there are so many.

        Raises AssertionError: they did not come within so many seconds; says what did.
        """

        async def enough() -> list[Message]:
            found = await self._found(to, containing)
            return found if len(found) >= count else []

        try:
            return (await until(enough, "", within=within))[-1]
        except AssertionError:
            came = [f"  to {', '.join(m.to)}: {m.subject or m.text[:60]!r}" for m in await self._found(None, "")]
            wanted = (
                f"{count} {self._kind} to {self._address(to) or 'anybody'} with {containing!r}: not in {within:g} s"
            )
            raise AssertionError("\n".join([wanted, "what came:", *(came or ["  nothing"])])) from None

    @on_loop
    async def all(self, *, to: str | Reachable | None = None, containing: str = "") -> list[Message]:
        """Every such message that there is now, oldest first; one sent twice stands there twice."""
        return await self._found(to, containing)

    async def _found(self, to: str | Reachable | None, containing: str) -> list[Message]:
        address = self._address(to)
        query: dict[str, Any] = {"kind": self._kind} | ({"to": address} if address else {})
        answer = (await self._http.get(f"{self._catcher}/messages", params=query)).raise_for_status()
        messages = msgspec.json.decode(answer.content, type=list[Message])
        ours = {address} if address else self._ours()
        return [message for message in messages if message.says(containing) and not ours.isdisjoint(message.to)]

    def _address(self, to: str | Reachable | None) -> str | None:
        if to is None or isinstance(to, str):
            return to
        where = "email" if self._kind == "mail" else "mobile"
        address: str | None = getattr(to, where, None)
        if address is None:
            raise ValueError(f"{to!r} has no {where}: to whom is the {self._kind}?")
        return address
