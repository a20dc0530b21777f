"""The control API over HTTP: JSON in, JSON out, and the token in the path."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Litestar, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from libs.local.control.control import Control, Place, Process
from libs.local.control.streams import Paused, Published
from libs.local.control.subscribers import Subscriber
from libs.local.control.under_way import UnderWay

LONGEST = 400 * 24 * 3600  # seconds
Seconds = Annotated[float, msgspec.Meta(ge=0, le=LONGEST)]


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far business time is ahead of real time; it never goes back."""

    ahead_seconds: Seconds


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a process is to run."""

    state: Literal["running", "stopped"]


class Redelivered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which event is to come again: by its place in the stream, or by its `ce-id`."""

    stream: str
    sequence: Annotated[int, msgspec.Meta(ge=1)] | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what names no event, or two."""
        if (self.sequence is None) == (self.id is None):
            raise ValueError("give either sequence or id")


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a consumer is to get nothing; 0 ends its pause."""

    seconds: Seconds


@get("/")
async def place(state: State) -> Place:
    """Where everything is, and the operator's sign-in."""
    return await _control(state).place()


@put("/subscribers/{name:str}")
async def subscriber(
    state: State, name: FromPath[str], *, people: FromQuery[bool] = False, vendor: FromQuery[bool] = False
) -> Subscriber:
    """A NATS user who may read streams by durables of this name, `people` as well if told; the same each time.

    `vendor`: one who may also tell what the vendor's own systems do.
    """
    return await _control(state).subscriber(name, people=people, vendor=vendor)


@delete("/subscribers/{name:str}")
async def remove_subscriber(state: State, name: FromPath[str]) -> None:
    """Take a subscriber's user away, and its durables."""
    await _control(state).remove_subscriber(name)


@put("/clock")
async def clock(state: State, data: JSONBody[Clock]) -> Clock:
    """Move the business time of all services; all have it when this answers."""
    await _control(state).move_clock(timedelta(seconds=data.ahead_seconds))
    return data


@get("/under-way")
async def get_under_way(state: State) -> UnderWay:
    """What has not come to rest yet."""
    return await _control(state).under_way()


@get("/processes")
async def processes(state: State) -> dict[str, Process]:
    """Every process, by name."""
    return _control(state).processes()


@post("/processes/{name:str}/kill", status_code=200)
async def kill(state: State, name: FromPath[str]) -> Process:
    """Kill a process with SIGKILL; the answer is what it was. It is started again."""
    return _control(state).kill(name)


@put("/processes/{name:str}")
async def hold(state: State, name: FromPath[str], data: JSONBody[Wanted]) -> Process:
    """Stop a process and keep it so, or have it run again; answers once it is so."""
    control = _control(state)
    return await (control.stop(name) if data.state == "stopped" else control.run(name))


@post("/redeliver", status_code=200)
async def redeliver(state: State, data: JSONBody[Redelivered]) -> Published:
    """Publish an event again, as it is."""
    return await _control(state).streams.redeliver(data.stream, sequence=data.sequence, id_=data.id)


@put("/consumers/{stream:str}/{durable:str}/pause")
async def pause(state: State, stream: FromPath[str], durable: FromPath[str], data: JSONBody[Pause]) -> Paused:
    """Let a consumer have nothing for a while."""
    return await _control(state).streams.pause(stream, durable, seconds=data.seconds)


def _control(state: State) -> Control:
    control: Control = state.control
    return control


def create_app(control: Control, token: str) -> Litestar:
    """Build the application; outside of `/<token>` there is nothing."""
    routes = [place, subscriber, remove_subscriber, clock, get_under_way, processes, kill, hold, redeliver, pause]
    return Litestar(
        [Router(f"/{token}", route_handlers=routes)],
        state=State({"control": control}, deep_copy=False),
        openapi_config=None,
    )
