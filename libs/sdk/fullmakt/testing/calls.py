"""The harness's own event loop, beside the tests': what it does goes on whatever loop, or none, a test runs in."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
LONGEST = 120.0
"""Seconds that a test waits for a result without a loop of its own."""


class Call(Generic[T]):
    """Something under way. Await it in a test that is async; ask for its `result()` in one that is not."""

    def __init__(self, future: "Future[T]") -> None:
        self._future = future

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self._future).__await__()

    def result(self, timeout: float = LONGEST) -> T:
        """Wait for it here; at most so many seconds."""
        return self._future.result(timeout)


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fullmakt", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> Call[T]:
        """Start it."""
        return Call(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        """End what still runs, and the loop."""
        self.run(_end_all()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _end_all() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class HasLoop(Protocol):
    """What has a loop to run its methods in."""

    @property
    def loop(self) -> Loop:
        """The harness's."""


S = TypeVar("S", bound=HasLoop)


def on_loop(method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]]) -> Callable[Concatenate[S, P], Call[T]]:
    """Have a method run in the harness's loop; its caller gets a Call."""

    @wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        return self.loop.run(method(self, *args, **kwargs))

    return call
