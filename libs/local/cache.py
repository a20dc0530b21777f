"""Our own folder outside any checkout: templates, sockets, and what the Postgres user couldn't reach elsewhere."""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.local.account import Account, passable, private_folder


class UnsafeCache(RuntimeError):
    """The cache folder isn't ours, is a link, or can't be passed by the Postgres user."""


def cache_folder(account: Account | None) -> Path:
    """Return `$FULLMAKT_CACHE` or `/var/tmp/fullmakt-<uid>`, made private.

    Raises UnsafeCache: someone else could have put something there.
    """
    path = Path(os.environ.get("FULLMAKT_CACHE") or f"/var/tmp/fullmakt-{os.geteuid()}").absolute()  # noqa: S108 - checked below
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnsafeCache(f"{path} isn't a folder of ours: remove it, or set FULLMAKT_CACHE")
    private_folder(path, account)
    if not passable(path, account):
        raise UnsafeCache(f"the Postgres user can't pass through to {path}: set FULLMAKT_CACHE to a folder elsewhere")
    return path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock `file` against other processes, waiting for it; the kernel frees it should we be killed."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove_older(folder: Path, *, seconds: float, keep: int) -> None:
    """Remove what lies in `folder` and was last used longer ago than `seconds`, or isn't among the newest `keep`."""
    newest_first = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True)
    for position, path in enumerate(newest_first):
        if position >= keep or time.time() - path.lstat().st_mtime > seconds:
            shutil.rmtree(path, ignore_errors=True)
