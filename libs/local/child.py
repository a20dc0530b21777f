"""Start a program as a child that can't outlive us, whatever kills us. Linux only."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from libs.local.account import Account

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True)


class Child(Protocol):
    """What the supervisor needs of a child, be it exec'ed or forked."""

    pid: int

    def poll(self) -> int | None:
        """Exit code (negative: the signal that ended it), or None while it runs."""


def die_with_parent(parent: int, death: signal.Signals) -> None:
    """Have the kernel send us `death` once the thread that forked us ends; call it after any change of user.

    `parent`: the process id that forked us; if it is gone already, we go at once.

    Raises OSError: the kernel refused.
    """
    if _libc.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def name_process(name: str) -> None:
    """Show `name` (its first 15 bytes) in ps and top."""
    _libc.prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def prelude(death: signal.Signals) -> Callable[[], None]:
    """What runs between fork and exec: an unblocked signal mask, and a tie to this process."""
    parent = os.getpid()

    def enter() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        die_with_parent(parent, death)

    return enter


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    cwd: Path = Path("/"),
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a process group of its own, so that Ctrl-C in a terminal reaches only who should act on it.

    `log`: stdout and stderr are appended to this file.
    `account`: run as this user instead of ourselves (we must be root).
    `death`: signal for the child when the calling thread ends.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            process_group=0,
            preexec_fn=prelude(death),  # runs after the change of user, which would clear the tie
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
