"""The catcher over HTTP: a text message gateway, an API for tests, pages for people."""

from typing import Annotated

import msgspec
from litestar import Litestar, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody

from libs.local.catchers.faults import Faults
from libs.local.catchers.messages import Kind, Message, Messages
from libs.local.catchers.page import list_page, mail_page, view_page

STATUS = {"refuse": 500, "defer": 503}


class Sms(msgspec.Struct, forbid_unknown_fields=True):
    """What a sender gives the gateway: `to` is an international number, `id` the sender's own."""

    to: Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{5,14}$")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1600)]
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Taken(msgspec.Struct):
    """The gateway's answer: the sender's id again."""

    id: str


@post("/sms", status_code=202)
async def take_sms(data: JSONBody[Sms], state: State) -> Taken:
    """Take a text message."""
    faults: Faults = state.faults
    if faults.sms:
        raise HTTPException(status_code=STATUS[faults.sms], detail=f"{faults.sms} on demand")
    state.messages.keep_sms(to=data.to, text=data.text, reference=data.id)
    return Taken(data.id)


@get("/messages")
async def messages(
    state: State, to: FromQuery[str | None] = None, kind: FromQuery[Kind | None] = None, after: FromQuery[int] = 0
) -> list[Message]:
    """List what was caught later than number `after`, oldest first."""
    caught: Messages = state.messages
    return caught.found(to=to, kind=kind, after=after)


@get("/messages/{n:int}")
async def message(state: State, n: FromPath[int]) -> Message:
    """Return one message."""
    return _one(state, n)


@delete("/messages")
async def clear(state: State) -> None:
    """Forget all messages; numbers go on."""
    state.messages.clear()


@get("/faults")
async def faults(state: State) -> Faults:
    """Return how the channels fail at the moment."""
    current: Faults = state.faults
    return current


@put("/faults")
async def set_faults(data: JSONBody[Faults], state: State) -> Faults:
    """Have the channels fail from now on, or work again; a restart of the catcher forgets it."""
    state.faults.smtp, state.faults.sms = data.smtp, data.sms
    return data


@get("/")
async def show_list(state: State) -> Response[str]:
    """Show the messages to a person."""
    return list_page(state.messages.found())


@get("/view/{n:int}")
async def show_message(state: State, n: FromPath[int]) -> Response[str]:
    """Show one message to a person."""
    return view_page(_one(state, n))


@get("/view/{n:int}/html")
async def show_mail(state: State, n: FromPath[int]) -> Response[str]:
    """Show a mail's own HTML to a person, within the page of the message."""
    return mail_page(_one(state, n))


def _one(state: State, n: int) -> Message:
    caught: Messages = state.messages
    if found := caught.one(n):
        return found
    raise NotFoundException(f"no message {n}")


def create_app(caught: Messages, current: Faults) -> Litestar:
    """Build the application around what is shared with the mail server."""
    routes = [take_sms, messages, message, clear, faults, set_faults, show_list, show_message, show_mail]
    return Litestar(routes, state=State({"messages": caught, "faults": current}, deep_copy=False), openapi_config=None)
