from collections.abc import Awaitable, Callable
from pathlib import Path

from nats.aio.msg import Msg
from sqlalchemy import text

from libs.local.nats import Nats
from libs.shared.database import Database
from libs.shared.inbox import Inbox
from libs.shared.settings import read_settings
from services.notify.consumers import CONSUMERS
from services.notify.settings import Settings
from services.notify.tests.kit import Post
from services.portal.tests.kit import Street
from tests.kit import App, Keys, environment_of, eventually

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OUTBOX = text("SELECT stream, subject, headers, body FROM outbox ORDER BY id")


async def deliver(source: Database, target: Database) -> None:
    """Have notify take in what a service has told, with the headers that it was told with."""
    async with source.begin(None) as tx:
        rows = list(await tx.session.execute(OUTBOX))
    for row in rows:
        if row.stream in CONSUMERS.streams():
            message = Msg(_client=None, subject=row.subject, headers=row.headers, data=row.body)  # type: ignore[arg-type]
            await Inbox(target, CONSUMERS, row.stream).take([message])


async def test_the_mail_that_tells_of_a_click_is_in_the_trace_of_the_click(
    street: Street, app: Callable[[str], Awaitable[App]], nats: Nats, keys: Keys, tmp_path: Path
) -> None:
    await street.invite(street.company, "Ny Nilsson", "ny@akeriet.test")
    browser = street.browser()
    ready = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    notify = (await app("notify")).database

    click = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    answer = await browser.post(f"{street.link}/accept", ready.fields(f"{street.link}/accept"), **click)
    assert answer.status_code == 303
    for service in (street.identity, street.clients):
        await deliver(service.database, notify)
    async with Post.open(tmp_path / "caught.jsonl", environment_of("notify", notify.url, nats, keys)) as post:
        post.settings, post.database = read_settings(Settings, post.environment), notify
        async with post.sending():
            await eventually(post.settled)

    (told,) = post.to("ada@byran.test")[-1:]
    assert told.headers["traceparent"].split("-")[1] == TRACE
    assert told.headers["traceparent"].split("-")[2] != "00f067aa0ba902b7"
    (invited,) = post.to("ny@akeriet.test")
    assert invited.headers["traceparent"].split("-")[1] != TRACE
