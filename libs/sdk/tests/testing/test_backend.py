"""A system started apart, from this checkout: it gets nothing of the tests' own settings, and ends with them."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fullmakt.testing.backend import Backend, BackendError, Launch, from_checkout

from libs.local.layout import ROOT
from libs.local.wait import wait_for


@pytest.fixture(scope="module")
def backend() -> Iterator[Backend]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FULLMAKT_SANDBOX", "0")
        patch.setenv("FULLMAKT_ANYTHING", "the tester's own")
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        patch.setenv("PYTHONPATH", "/nowhere")
        started = Backend.start(from_checkout(ROOT), env={"FULLMAKT_LOG_LEVEL": "WARNING"})
    with started:
        yield started


def environment_of(backend: Backend, name: str) -> dict[str, str]:
    """What a process was started with."""
    pid = httpx.get(f"{backend.control}/processes").json()[name]["pid"]
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry)


def test_every_service_is_ready(backend: Backend) -> None:
    urls = httpx.get(backend.control).json()["urls"]

    assert set(urls) == {"identity", "clients", "access", "notify", "portal"}
    assert {httpx.get(f"{url}/health/ready").status_code for url in urls.values()} == {200}


def test_the_tests_own_settings_stay_theirs(backend: Backend) -> None:
    environment = environment_of(backend, "clients-api")

    assert environment["FULLMAKT_LOG_LEVEL"] == "WARNING"
    assert not {"FULLMAKT_SANDBOX", "FULLMAKT_ANYTHING", "HTTP_PROXY", "PYTHONPATH"} & environment.keys()


def test_two_systems_run_side_by_side_and_one_leaves_nothing_behind(backend: Backend) -> None:
    with Backend.start(from_checkout(ROOT)) as other:
        home = Path(httpx.get(other.control).json()["home"])
        assert httpx.get(f"{backend.control}/processes").status_code == 200
        assert home.exists()

    assert not home.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(other.control)


def test_a_system_ends_when_the_tests_are_killed() -> None:
    command = [sys.executable, "-c", START_AND_WAIT]
    tests = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    assert tests.stdout is not None
    home = Path(tests.stdout.readline().strip())
    assert home.exists()

    tests.send_signal(signal.SIGKILL)
    tests.communicate()

    wait_for(lambda: not home.exists(), timeout=30, what="the system to be gone")


START_AND_WAIT = f"""
import json, signal, urllib.request
from pathlib import Path
from fullmakt.testing.backend import Backend, from_checkout
backend = Backend.start(from_checkout(Path({str(ROOT)!r})))
print(json.load(urllib.request.urlopen(backend.control))["home"], flush=True)
signal.pause()
"""


def test_a_system_that_does_not_start_tells_why() -> None:
    with pytest.raises(BackendError, match="not today"):
        Backend.start(Launch([sys.executable, "-c", "raise SystemExit('not today')"], Path("/")))


def test_a_cache_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("FULLMAKT_CACHE", str(tmp_path / "link"))

    with pytest.raises(BackendError, match="isn't a folder of ours"):
        Backend.start(from_checkout(ROOT))
