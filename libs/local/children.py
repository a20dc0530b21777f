"""The supervisor's children: forked from it, watched, restarted with growing pauses."""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from libs.local.child import Child, die_with_parent, name_process

LONGEST_PAUSE = 5.0
FIRST_PAUSE = 0.1
STEADY_AFTER = 30.0
DRAIN = 10.0  # seconds that a process has to finish what it does
CRASHED = 70  # exit code of a child that raised
_log = logging.getLogger("supervisor")


class Forked:
    """A child that goes on with what the supervisor has imported already."""

    def __init__(self, pid: int) -> None:
        """Use `fork`."""
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Exit code (negative: the signal that ended it), or None while it runs."""
        if self._code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if ended else None
        return self._code


def fork(name: str, target: Callable[[], None], *, log: Path, env: Mapping[str, str], close: list[int]) -> Forked:
    """Run `target` in a forked child; it gets SIGKILL when we end.

    `log`: stdout and stderr are appended to this file.
    `env`: the child's whole environment.
    `close`: our file descriptors that the child must not hold.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _leave(_run(target, lambda: _settle(name, parent, log, env, close)))
    return Forked(pid)


def _run(target: Callable[[], None], settle: Callable[[], None]) -> int:
    """Return the exit code, whatever happens: a child must never return into the supervisor's loop."""
    try:
        settle()
        target()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - see above
        traceback.print_exc()
        return CRASHED
    return 0


def _settle(name: str, parent: int, log: Path, env: Mapping[str, str], close: list[int]) -> None:
    die_with_parent(parent, signal.SIGKILL)
    os.setpgid(0, 0)  # Ctrl-C in a terminal is for the supervisor alone
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for descriptor in close:
        os.close(descriptor)
    _redirect(log)
    name_process(name)
    os.environ.clear()
    os.environ.update(env)
    logging.getLogger().handlers.clear()
    _log.handlers.clear()


def _redirect(log: Path) -> None:
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.close(out)
    os.close(nothing)


def _leave(code: int) -> NoReturn:
    """End without the supervisor's own exit handlers."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


class Watched:
    """A process that should run: how it is started, and when next. Times are seconds of the monotonic clock."""

    def __init__(self, name: str, start: Callable[[], Child], polite: signal.Signals = signal.SIGTERM) -> None:
        """Nothing runs until `launch`; `polite` asks it to end."""
        self.name = name
        self.polite = polite
        self._kill_at: float | None = None
        self._held = False
        self.starts = 0
        self._start = start
        self._child: Child | None = None
        self._since = 0.0
        self._failures = 0
        self.due: float | None = 0.0

    @property
    def pid(self) -> int | None:
        """Process id, or None between two lives."""
        return self._child.pid if self._child else None

    def adopt(self, child: Child, now: float) -> None:
        """Watch a child that is started already."""
        self._child, self._since, self.due = child, now, None
        self.starts += 1

    def launch(self, now: float) -> None:
        """Start it."""
        self.adopt(self._start(), now)
        _log.info("%s started as %d", self.name, self.pid)

    def ended(self, now: float) -> bool:
        """Say whether it has ended since the last look; if so, it is due again: at once, then after 0.1 s up to 5 s."""
        if self._child is None or (code := self._child.poll()) is None:
            return False
        if now - self._since >= STEADY_AFTER:
            self._failures = 0
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._failures - 1)) if self._failures else 0.0
        _log.warning("%s (%d) ended with %d; again in %.1f s", self.name, self._child.pid, code, pause)
        self._child = None
        self._failures += 1
        self.due = None if self._held else now + pause
        return True

    def hold(self, now: float) -> None:
        """Have it end and stay so; killed if it takes too long."""
        if not self._held:
            self._held, self._kill_at, self.due = True, now + DRAIN, None
            self.send(self.polite)
        elif self._kill_at is not None and now > self._kill_at:
            self._kill_at = None
            self.send(signal.SIGKILL)

    def release(self, now: float) -> None:
        """Have it run again if it was held."""
        if self._held:
            self._held, self._failures = False, 0
            self.due = now if self._child is None else None

    def is_gone(self) -> bool:
        """Say whether nothing of it runs."""
        return self._child is None or self._child.poll() is not None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self._child and self._child.poll() is None:
            os.kill(self._child.pid, number)
