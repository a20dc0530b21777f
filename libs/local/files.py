"""Small files that hold secrets: 0600, and whole or not there at all."""

import os
import secrets
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` in one step with `content`, readable by us alone."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    partial.rename(path)


def write_json(path: Path, content: object) -> None:
    """Replace `path` with `content` as JSON."""
    write_private(path, msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def read_json(path: Path, kind: type[T]) -> T:
    """Read `path` as `kind`.

    Raises FileNotFoundError: it isn't there.
    Raises msgspec.ValidationError: it holds something else.
    """
    return msgspec.json.decode(path.read_bytes(), type=kind)


def tail(path: Path, lines: int = 25) -> str:
    """Return the last lines of a log, or a word that there is none."""
    if not path.exists():
        return "(no log)"
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
