"""The control API of a running test system: where everything is, its clock, its processes, and what goes wrong."""

from typing import Any

import httpx
import msgspec

TIMEOUT = 60.0


class OperatorSignIn(msgspec.Struct, frozen=True):
    """How the platform operator signs in."""

    email: str
    password: str


class Place(msgspec.Struct, frozen=True):
    """Where everything of a system is."""

    urls: dict[str, str]
    catcher: str
    nats: str
    operator: OperatorSignIn
    home: str


class NatsUser(msgspec.Struct, frozen=True):
    """How a subscriber connects to NATS."""

    user: str
    password: str


class UnderWay(msgspec.Struct, frozen=True):
    """What has not come to rest: events not told yet, not taken in yet, messages not sent, jobs not through."""

    untold: int
    untaken: int
    unsent: int
    unfinished: int


class Problem(msgspec.Struct, frozen=True):
    """Why the control API refuses; `extra`: what is wrong with which field."""

    detail: str
    extra: list[dict[str, Any]] = []


class ControlError(Exception):
    """The control API refused; the message says why."""


class Control:
    """A system by the address of its control API."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._http = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)  # on this machine: by no proxy

    async def place(self) -> Place:
        """Where everything is."""
        return msgspec.convert(await self._ask("GET", "/"), Place)

    async def subscriber(self, name: str, *, people: bool = False, vendor: bool = False) -> NatsUser:
        """A NATS user for a subscriber, made at the first call; `people`, `vendor`: see Sandbox.nats_user."""
        allowed = f"people={str(people).lower()}&vendor={str(vendor).lower()}"
        return msgspec.convert(await self._ask("PUT", f"/subscribers/{name}?{allowed}"), NatsUser)

    async def remove_subscriber(self, name: str) -> None:
        """Take a subscriber's NATS user away, and its durables."""
        await self._ask("DELETE", f"/subscribers/{name}")

    async def move_clock(self, ahead_seconds: float) -> None:
        """Have business time so far ahead of real time, in all services."""
        await self._ask("PUT", "/clock", {"ahead_seconds": ahead_seconds})

    async def kill(self, process: str) -> None:
        """Kill a process with SIGKILL; it is started again."""
        await self._ask("POST", f"/processes/{process}/kill")

    async def hold(self, process: str, state: str) -> None:
        """Have a process `stopped` or `running`, and wait until it is."""
        await self._ask("PUT", f"/processes/{process}", {"state": state})

    async def redeliver(self, stream: str, event_id: str) -> None:
        """Have an event come again to everybody."""
        await self._ask("POST", "/redeliver", {"stream": stream, "id": event_id})

    async def pause(self, stream: str, durable: str, seconds: float) -> None:
        """Let a consumer have nothing for a while."""
        await self._ask("PUT", f"/consumers/{stream}/{durable}/pause", {"seconds": seconds})

    async def under_way(self) -> UnderWay:
        """What has not come to rest yet."""
        return msgspec.convert(await self._ask("GET", "/under-way"), UnderWay)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        try:
            answer = await self._http.request(method, f"{self.address}{path}", json=body)
        except httpx.HTTPError as error:
            raise ControlError(f"no test system answers at {self.address}: {type(error).__name__}") from error
        if not answer.is_success:
            raise ControlError(f"{method} {path}: {answer.status_code} {_told(answer)}")
        return answer.json() if answer.content else None


def _told(answer: httpx.Response) -> str:
    """What the control API says is wrong; of an answer that is not its own, the beginning."""
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        return answer.text[:500]
    return problem.detail + "".join(f"; {each.get('key')}: {each.get('message')}" for each in problem.extra)
