"""The harness's own event loop, beside the tests': what it does goes on whatever loop, or none, a test runs in."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NoReturn, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
LONGEST = 120.0
"""Seconds that a test waits for a result without a loop of its own."""


class Call(Generic[T]):
    """Something under way. Await it in a test that is async; ask for its `result()` in one that is not."""

    def __init__(self, future: "Future[T]", what: str = "") -> None:
        """`what` was called, and where; for whoever forgets to ask for the result."""
        self._future = future
        self._what = what
        self.asked = False

    def __repr__(self) -> str:
        return f"<{self._what}: await it, or ask for its result()>"

    def __await__(self) -> Generator[Any, None, T]:
        self.asked = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("no asyncio loop runs here: ask for result() in place of await") from None
        return asyncio.wrap_future(self._future, loop=loop).__await__()

    def result(self, timeout: float = LONGEST) -> T:
        """Wait for it here; at most so many seconds."""
        self.asked = True
        return self._future.result(timeout)

    if not TYPE_CHECKING:  # to mypy it has what it has

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"no {name!r} yet: {self!r}")


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._calls: list[Call[Any]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fullmakt", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], what: str = "") -> Call[T]:
        """Start it. `what` it is, where `forgotten` is to tell of it."""
        call = Call(asyncio.run_coroutine_threadsafe(work, self._loop), what)
        if what:
            self._calls.append(call)
        return call

    def forgotten(self) -> list[str]:
        """The calls since the last look that nobody has awaited: what they found, or failed with, is unheard."""
        calls, self._calls = self._calls, []
        return [repr(call) for call in calls if not call.asked]

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
        caller = sys._getframe(1)  # noqa: SLF001 - a stack of `inspect` reads files
        where = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
        return self.loop.run(method(self, *args, **kwargs), f"{method.__qualname__} at {where}")

    return call
