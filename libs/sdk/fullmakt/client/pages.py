"""Lists that come in pages."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Generic, TypeVar

from fullmakt.client.call import Call
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport

P = TypeVar("P")
T = TypeVar("T")


class Paging(Generic[P, T]):
    """Where the parts of a page are."""

    def __init__(self, cursor: str, items: Callable[[P], list[T]], following: Callable[[P], str | None]) -> None:
        self.cursor = cursor
        self.items = items
        self.following = following

    def after(self, page: P, call: Call[P], been: set[object]) -> Call[P] | None:
        """The call of the page after this one; None: there is none, or one has `been` there already."""
        been.add(call.query.get(self.cursor))
        following = self.following(page)
        if following is None or following in been:
            return None
        return call.asking(**{self.cursor: following})


class Pages(Generic[P, T]):
    """All items of a list; each page is asked for when it is come to."""

    def __init__(self, transport: Transport, call: Call[P], paging: Paging[P, T]) -> None:
        self._transport = transport
        self._call = call
        self._paging = paging

    def __iter__(self) -> Iterator[T]:
        """Item by item."""
        for page in self.pages():
            yield from self._paging.items(page)

    def page(self) -> P:
        """The first page alone, with the cursor of the next."""
        return self._transport.call(self._call)

    def pages(self) -> Iterator[P]:
        """Page by page."""
        call: Call[P] | None = self._call
        been: set[object] = set()
        while call is not None:
            page = self._transport.call(call)
            yield page
            call = self._paging.after(page, call, been)


class AsyncPages(Generic[P, T]):
    """All items of a list; each page is asked for when it is come to."""

    def __init__(self, transport: AsyncTransport, call: Call[P], paging: Paging[P, T]) -> None:
        self._transport = transport
        self._call = call
        self._paging = paging

    async def __aiter__(self) -> AsyncIterator[T]:
        """Item by item."""
        async for page in self.pages():
            for item in self._paging.items(page):
                yield item

    async def page(self) -> P:
        """The first page alone, with the cursor of the next."""
        return await self._transport.call(self._call)

    async def pages(self) -> AsyncIterator[P]:
        """Page by page."""
        call: Call[P] | None = self._call
        been: set[object] = set()
        while call is not None:
            page = await self._transport.call(call)
            yield page
            call = self._paging.after(page, call, been)
