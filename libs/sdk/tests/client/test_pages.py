from typing import Any

import httpx
from fullmakt.client import AsyncFullmakt, Fullmakt

from tests.scripted import BASE, ONE

PEOPLE = [f"0000000{n}-0000-0000-0000-000000000000" for n in range(5)]


class Members:
    """Five members, two on a page."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer with the page after the cursor."""
        self.asked.append(request.url.query.decode())
        start = int(request.url.params.get("after", "0"))
        unknown: dict[str, Any] = {"name": None, "email": None, "roles": [], "leaving": False}
        items = [{"person_id": id_, **unknown} for id_ in PEOPLE[start : start + 2]]
        return httpx.Response(200, json={"items": items, "next": str(start + 2) if start < 3 else None})


def sync(server: Any) -> Fullmakt:
    """A sync client of this server."""
    return Fullmakt(BASE, http=httpx.Client(transport=httpx.MockTransport(server)))


def asynchronous(server: Any) -> AsyncFullmakt:
    """An async client of this server."""
    return AsyncFullmakt(BASE, http=httpx.AsyncClient(transport=httpx.MockTransport(server)))


def test_a_list_gives_all_items_over_all_pages() -> None:
    server = Members()

    people = [str(each.person_id) for each in sync(server).identity.list_members(ONE, limit=2)]

    assert people == PEOPLE
    assert server.asked == ["limit=2", "after=2&limit=2", "after=4&limit=2"]


async def test_an_async_list_gives_all_items_over_all_pages() -> None:
    server = Members()

    people = [str(each.person_id) async for each in asynchronous(server).identity.list_members(ONE, limit=2)]

    assert people == PEOPLE
    assert server.asked == ["limit=2", "after=2&limit=2", "after=4&limit=2"]


async def test_a_page_is_asked_for_when_it_is_come_to() -> None:
    server, server_async = Members(), Members()

    members = iter(sync(server).identity.list_members(ONE))
    members_async = aiter(asynchronous(server_async).identity.list_members(ONE))

    asked = [(len(server.asked), len(server_async.asked))]
    for _ in PEOPLE:
        next(members)
        await anext(members_async)
        asked.append((len(server.asked), len(server_async.asked)))
    assert asked == [(0, 0), (1, 1), (1, 1), (2, 2), (2, 2), (3, 3)]


async def test_one_page_can_be_had_alone_with_its_cursor() -> None:
    page = sync(Members()).identity.list_members(ONE, after="2").page()
    page_async = await asynchronous(Members()).identity.list_members(ONE, after="2").page()

    assert page == page_async
    assert ([str(each.person_id) for each in page.items], page.next) == (PEOPLE[2:4], "4")


async def test_a_list_can_be_gone_through_page_by_page() -> None:
    pages = [len(page.items) for page in sync(Members()).identity.list_members(ONE).pages()]
    pages_async = [len(page.items) async for page in asynchronous(Members()).identity.list_members(ONE).pages()]

    assert pages == pages_async == [2, 2, 1]


def test_a_list_can_be_gone_through_twice() -> None:
    members = sync(Members()).identity.list_members(ONE)

    assert list(members) == list(members)


def test_a_cursor_that_does_not_move_ends_the_list() -> None:
    asked = []

    def stuck(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"items": [], "next": "7"})

    assert list(sync(stuck).identity.list_members(ONE)) == []
    assert len(asked) == 2


async def test_cursors_that_go_round_end_the_list() -> None:
    asked = []

    def round_(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"items": [], "next": "ABC"[len(asked) % 3]})

    assert list(sync(round_).identity.list_members(ONE)) == []
    assert [each async for each in asynchronous(round_).identity.list_members(ONE)] == []
    assert len(asked) == 8
