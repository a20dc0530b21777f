import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from fullmakt.client import AccessToken, AsyncFullmakt, ClientCredentials, Fullmakt, Retries, transport_async
from fullmakt.client.errors import NoAnswerError

from tests.scripted import BASE, get_me, given, me, problem

WORD = "word"
ACCOUNT = ClientCredentials("account", "s3cret")
TOKEN = b'{"access_token": "abc", "expires_in": 600}'


class Slow(BaseHTTPRequestHandler):
    """Gives tokens; answers `live` with spaces, one after the other, until told to stop, and all else with me."""

    protocol_version = "HTTP/1.1"
    stop = threading.Event()

    def do_POST(self) -> None:
        """A token."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(TOKEN)

    def do_GET(self) -> None:
        """An answer that never ends, or one that does."""
        if not self.path.endswith("/live"):
            answer = me()
            assert isinstance(answer, httpx.Response)
            self._say(answer.content)
            return
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.stop.wait(0.05):
            try:
                self.wfile.write(b" ")
            except OSError:  # the caller has gone
                return

    def _say(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[str]:
    """Where such a server listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    Slow.stop.clear()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Slow.stop.set()
    server.shutdown()
    serving.join()
    server.server_close()


def test_an_answer_that_drips_is_given_up_at_the_deadline(slow: str) -> None:
    with Fullmakt(slow, retries=Retries(deadline=0.3)) as api, pytest.raises(NoAnswerError, match="ReadTimeout"):
        api.notify.live()


async def test_an_answer_that_drips_is_given_up_at_the_deadline_async(slow: str) -> None:
    async with AsyncFullmakt(slow, retries=Retries(deadline=0.3)) as api:
        with pytest.raises(NoAnswerError, match="ReadTimeout"):
            await api.notify.live()


def test_a_connection_serves_the_next_call_after_an_answer_was_read(slow: str) -> None:
    with Fullmakt(slow, AccessToken(WORD)) as api:
        for _ in range(3):
            assert api.identity.get_me().operator is False
        pool = api._transport._http._transport._pool  # type: ignore[attr-defined]  # noqa: SLF001
        assert len(pool.connections) == 1


def test_an_async_client_serves_one_event_loop_after_the_other(slow: str) -> None:
    api = AsyncFullmakt(slow, ACCOUNT)

    async def use() -> bool:
        async with api:
            return (await api.identity.get_me()).operator

    assert [asyncio.run(use()) for _ in range(3)] == [False, False, False]


def test_a_loop_that_ended_while_a_token_was_got_leaves_the_client_usable(slow: str) -> None:
    api = AsyncFullmakt(slow, ACCOUNT)
    ended = asyncio.new_event_loop()
    never: asyncio.Future[Any] = ended.create_future()
    api._transport._flight, api._transport._loop = never, ended  # type: ignore[assignment]  # noqa: SLF001
    ended.close()

    async def use() -> bool:
        async with api:
            return (await api.identity.get_me()).operator

    assert asyncio.run(use()) is False


async def test_a_crowd_of_tasks_queues_in_the_client_and_not_in_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = 0, 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return given(me())

    inner = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(httpx, "AsyncClient", lambda: inner)
    async with AsyncFullmakt(BASE) as api:
        await asyncio.gather(*(api.identity.get_me() for _ in range(300)))

    assert most == transport_async.MOST


async def test_who_waits_for_a_token_when_the_client_is_closed_is_told_so_and_not_cancelled() -> None:
    asked = asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        return given(problem(503))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        api = AsyncFullmakt(BASE, ACCOUNT, http=http)
        waiting = [asyncio.create_task(get_me(api)) for _ in range(3)]
        await asked.wait()
        await api.close()
        told = await asyncio.gather(*waiting, return_exceptions=True)

    assert [str(each) for each in told] == ["the client was closed while a token was being got"] * 3


def test_a_thread_that_is_interrupted_while_it_gets_the_token_interrupts_no_other() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        go_on.wait(10)
        raise KeyboardInterrupt

    api = Fullmakt(BASE, ACCOUNT, http=httpx.Client(transport=httpx.MockTransport(answer)))
    told: list[str] = []

    def call() -> None:
        try:
            api.identity.get_me()
        except BaseException as error:  # noqa: BLE001 - what is asked here
            told.append(type(error).__name__)

    first, second = threading.Thread(target=call, daemon=True), threading.Thread(target=call, daemon=True)
    first.start()
    assert asked.wait(10)
    flight = api._transport._flight  # noqa: SLF001
    assert flight is not None
    second.start()
    while not flight._condition._waiters:  # type: ignore[attr-defined]  # noqa: SLF001 - until the second one waits
        assert second.is_alive()
    go_on.set()
    first.join(10)
    second.join(10)

    assert sorted(told) == ["KeyboardInterrupt", "NoAnswerError"]
