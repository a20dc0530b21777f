from datetime import timedelta
from uuid import uuid4

import httpx
from fullmakt.events import Event
from nats.aio.msg import Msg
from sqlalchemy import text

from libs.shared.trace import tracing
from services.notify.channels import SmsGateway
from services.notify.tests.kit import Post, Town
from services.notify.usecases.remind_recipients import remind_recipients
from tests.kit import eventually, move_clock

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def traced(town: Town, event: Event) -> Msg:
    """The event as it comes from a request with this trace."""
    message = town.telling.message(event)
    message.headers = {**(message.headers or {}), "ce-traceparent": TRACEPARENT}
    return message


def trace_of(traceparent: str) -> str:
    return traceparent.split("-")[1]


async def test_mails_and_what_is_told_of_them_are_in_the_trace_of_their_cause(town: Town, post: Post) -> None:
    request = town.request(town.anna)
    await town.telling.inboxes[request.stream].take([traced(town, request)])
    await town.telling.tell(town.request(town.bo))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}

    (mail,) = post.to(town.emails[town.anna])
    (other,) = post.to(town.emails[town.bo])
    assert trace_of(mail.headers["traceparent"]) == TRACE
    assert trace_of(other.headers["traceparent"]) != TRACE
    async with town.database.begin(None) as tx:
        traces = await tx.session.scalars(text("SELECT headers->>'ce-traceparent' FROM outbox"))
        assert [trace_of(trace) == TRACE for trace in traces].count(True) == 1


async def test_a_mail_deferred_and_a_reminder_stay_in_the_trace_of_the_request(town: Town, post: Post) -> None:
    post.faults.smtp = "defer"
    request = town.request(town.anna)
    await town.telling.inboxes[request.stream].take([traced(town, request)])
    await move_clock(town.database, timedelta(hours=121))
    await remind_recipients(town.database)

    async with post.sending():

        async def was_deferred() -> bool:
            async with town.database.begin(town.company) as tx:
                return bool(await tx.session.scalar(text("SELECT min(attempts) = 1 FROM delivery")))

        await eventually(was_deferred)
        post.faults.smtp = None
        assert await eventually(post.settled) == {"sent": 2}

    mails = post.to(town.emails[town.anna])
    assert [trace_of(mail.headers["traceparent"]) for mail in mails] == [TRACE, TRACE]


async def test_an_sms_goes_to_the_gateway_in_the_trace_of_its_cause() -> None:
    asked: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(202)

    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway)) as client:
        with tracing(TRACEPARENT):
            await SmsGateway("http://gateway.test/sms", client).send(uuid4(), number="+46701234567", text="Hej!")

    assert trace_of(asked[0].headers["traceparent"]) == TRACE
