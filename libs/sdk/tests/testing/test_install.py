"""The system's own environment: made once and whole, by one process, or not at all and with the reason."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fullmakt.testing import install
from fullmakt.testing.install import InstallError, environment

from libs.local.wait import wait_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the cache and the notes of these tests are; no package index is asked."""
    made = tmp_path_factory.mktemp("install")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FULLMAKT_CACHE", str(made / "cache"))
        patch.setenv("PIP_NO_INDEX", "1")
        yield made


@pytest.fixture(scope="module")
def lock(folder: Path) -> Path:
    """A lock that asks for nothing."""
    (file := folder / "system.lock").write_text("# nothing is needed\n")
    return file


def install_and_note(lock: Path, notes: Path) -> None:
    """Note what was said, in a process of its own."""
    said: list[str] = []
    environment(lock, say=said.append)
    (notes / str(os.getpid())).write_text("".join(said))


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_processes_at_the_same_time_make_one_environment(folder: Path, lock: Path) -> None:
    (notes := folder / "notes").mkdir()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=install_and_note, args=(lock, notes)) for _ in range(3)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    said = [note.read_text() for note in notes.iterdir()]
    assert len(said) == 3
    assert len([text for text in said if text]) == 1


def test_what_was_broken_off_is_made_anew_and_what_is_whole_is_kept(lock: Path) -> None:
    python = environment(lock)
    (python.parents[1] / "complete").unlink()
    python.unlink()
    said: list[str] = []

    assert environment(lock, say=said.append) == environment(lock, say=said.append) == python

    assert python.exists()
    assert len(said) == 1


def test_what_is_under_way_when_the_tests_are_killed_ends_with_them(tmp_path: Path) -> None:
    inner = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(f'{{os.getpid()}} '); time.sleep(60)"
    outer = f"import sys; from fullmakt.testing import install; install._run([sys.executable, '-c', {inner!r}], '')"
    tests = subprocess.Popen([sys.executable, "-c", outer])  # noqa: S603 - our own command
    wait_for(lambda: (pid := tmp_path / "pid").exists() and pid.read_text()[-1:] == " ", timeout=20, what="it to run")

    tests.send_signal(signal.SIGKILL)
    tests.wait()

    wait_for(lambda: not is_running(int((tmp_path / "pid").read_text())), timeout=10, what="it to end")


def test_settings_that_have_pip_put_things_elsewhere_say_nothing_to_it(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FULLMAKT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_CONSTRAINT", str(tmp_path / "none.txt"))

    assert environment(lock).exists()


def test_environments_that_nobody_has_used_for_long_go(lock: Path) -> None:
    kept = environment(lock).parents[1]
    (old := kept.with_name("old")).mkdir()
    (old / "complete").touch()
    long_ago = time.time() - install.UNUSED - 1
    os.utime(old / "complete", (long_ago, long_ago))

    environment(lock)

    assert list(kept.parent.iterdir()) == [kept]


def test_a_wheel_that_pip_does_not_find_is_named_with_what_to_do(folder: Path) -> None:
    (wanting := folder / "wanting.lock").write_text(f"fullmakt-system==9 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(InstallError, match=r"(?s)fullmakt-system==9.*PIP_FIND_LINKS"):
        environment(wanting)


def test_without_a_lock_the_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="make wheels"):
        environment(tmp_path / "none.lock")


def test_a_cache_that_is_a_link_is_refused(lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("FULLMAKT_CACHE", str(tmp_path / "link"))

    with pytest.raises(InstallError, match="isn't a folder of ours"):
        environment(lock)
