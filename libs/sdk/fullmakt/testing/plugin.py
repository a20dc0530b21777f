"""The pytest plugin: a whole running system for tests, by the fixtures `fullmakt` and `own_fullmakt`.

What it works with is imported when the first test asks for it.
"""

import asyncio
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fullmakt.testing.backend import Backend, Launch
    from fullmakt.testing.sandbox import Sandbox
    from fullmakt.testing.system import RunningSystem

EMBEDDED = "embedded"
ADDRESS = (
    "--fullmakt-backend is `embedded`, or the control address of a running system with the token in it, as `make run` "
    "prints it: http://127.0.0.1:8026/…"
)
FIXTURES = {"fullmakt", "own_fullmakt"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options, each also as a setting in the ini file."""
    group = parser.getgroup("fullmakt", "a whole running Fullmakt for tests")
    group.addoption(
        "--fullmakt-backend",
        metavar="embedded|ADDRESS",
        help="embedded: start a system of our own (default); or the control address of a running one",
    )
    group.addoption(
        "--fullmakt-wheels", metavar="DIR", help="a folder with the wheel fullmakt-system, beside pip's own places"
    )
    parser.addini("fullmakt_backend", "as --fullmakt-backend", default=EMBEDDED)
    parser.addini("fullmakt_wheels", "as --fullmakt-wheels", type="paths", default=[])
    parser.addini(
        "fullmakt_checkout", "start the system of this source checkout in place of an installed one", type="paths"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async test that uses our fixtures and that no plugin for async tests has taken on."""
    ours = not FIXTURES.isdisjoint(pyfuncitem.fixturenames) and inspect.iscoroutinefunction(pyfuncitem.obj)
    if not ours or type(pyfuncitem) is not pytest.Function or pyfuncitem.get_closest_marker("anyio"):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def fullmakt_system(request: pytest.FixtureRequest) -> "Iterator[RunningSystem]":
    """The system that all tests of this process share."""
    chosen = request.config.getoption("fullmakt_backend") or request.config.getini("fullmakt_backend")
    system = _embedded(request.config) if chosen == EMBEDDED else _running(str(chosen))
    yield system
    system.close()


@pytest.fixture
def fullmakt(fullmakt_system: "RunningSystem") -> "Iterator[Sandbox]":
    """A corner of the shared system for one test: organisations and people, their events and mails."""
    with _sandbox(fullmakt_system, own=False) as sandbox:
        yield sandbox


@pytest.fixture
def own_fullmakt(request: pytest.FixtureRequest) -> "Iterator[Sandbox]":
    """The same in a system of the test's own, where time can be moved and things can go wrong."""
    system = _embedded(request.config)
    try:
        with _sandbox(system, own=True) as sandbox:
            yield sandbox
    finally:
        system.close()


@contextmanager
def _sandbox(system: "RunningSystem", *, own: bool) -> "Iterator[Sandbox]":
    """A sandbox; fails if something was asked of it whose result nobody wanted, since that passes whatever it is."""
    from fullmakt.testing.sandbox import Sandbox

    system.loop.forgotten()  # those of a test before are that test's
    yield Sandbox(system, own=own)
    if forgotten := system.loop.forgotten():
        pytest.fail("\n".join(["what was asked was not waited for:", *forgotten]), pytrace=False)


def _running(address: str) -> "RunningSystem":
    from fullmakt.testing.control import ControlError

    try:
        return _connected(address)
    except ControlError as error:
        why = str(error)
    pytest.fail(f"{why}\n{ADDRESS}", pytrace=False)


def _connected(address: str, backend: "Backend | None" = None) -> "RunningSystem":
    from fullmakt.testing.system import RunningSystem

    return RunningSystem.connect(address, backend)


def _embedded(config: pytest.Config) -> "RunningSystem":
    from fullmakt.testing.backend import Backend, BackendError
    from fullmakt.testing.install import InstallError

    try:
        return _connected_to(Backend.start(_launch(config)))
    except (BackendError, InstallError) as error:
        why = str(error)
    pytest.fail(why, pytrace=False)


def _connected_to(backend: "Backend") -> "RunningSystem":
    try:
        return _connected(backend.control, backend)
    except BaseException:
        backend.stop()
        raise


def _launch(config: pytest.Config) -> "Launch":
    from fullmakt.testing.backend import from_checkout, installed
    from fullmakt.testing.install import environment

    checkout: list[Path] = config.getini("fullmakt_checkout")
    if checkout:
        return from_checkout(checkout[0])
    told = config.getoption("fullmakt_wheels")
    wheels = [Path(told)] if told else config.getini("fullmakt_wheels")
    return installed(environment(wheels=wheels[0] if wheels else None, say=_say(config)))


def _say(config: pytest.Config) -> "Callable[[str], None]":
    """Writes a line for whoever waits in front of the terminal, whatever is captured there."""
    capturing = config.pluginmanager.get_plugin("capturemanager")

    def say(line: str) -> None:
        with capturing.global_and_fixture_disabled() if capturing else nullcontext():
            sys.stderr.write(f"\n{line}\n")
            sys.stderr.flush()

    return say
