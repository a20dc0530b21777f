"""What a command of the command line is, and how it is run."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.exc import DBAPIError

from libs.shared.database import Database, Tx, connection_lost
from libs.shared.errors import NotFound, Problem
from libs.shared.settings import SettingsError, read_settings

DONE, REFUSED, UNUSABLE = 0, 1, 2
"""Exit codes: also 1 for a database that can't be reached."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that these commands need to know: FULLMAKT_DATABASE_URL."""

    database_url: str


class UnusableCall(Exception):
    """What was given to a command can't be used; the message says why."""


class Command(NamedTuple):
    """A command: what it is called, what it takes (arguments of `add_argument` by name), what it does.

    `run` answers what is printed as JSON, or None; its docstring is the help. Its acts stand in the audit trail as
    done by `system`.
    """

    name: str
    run: Callable[[Tx, Namespace], Awaitable[Any]]
    arguments: Mapping[str, Mapping[str, Any]] = {}


def main(commands: Sequence[Command], arguments: Sequence[str]) -> int:
    """Run the command that is called for. 0: done, 1: refused or not possible now, 2: a call that can't be used."""
    given = _parser(commands).parse_args(arguments)
    try:
        answer = asyncio.run(_run(given.command, given))
    except (UnusableCall, SettingsError) as error:
        return _fail(str(error), UNUSABLE)
    except NotFound:
        return _fail("there is none with this id", REFUSED)
    except Problem as error:
        return _fail(str(error), REFUSED)
    except (DBAPIError, OSError) as error:
        if not (connection_lost(error) or _kept_out(error)):
            raise
        return _fail("the database can't be reached, or lets nobody in by FULLMAKT_DATABASE_URL", REFUSED)
    if answer is not None:
        sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(answer)).decode()}\n")
    return DONE


def read_secret() -> str:
    """A line of standard input: a password on a command line would stand in lists of processes."""
    return sys.stdin.readline().rstrip("\n")


async def _run(command: Command, given: Namespace) -> Any:
    database = Database(read_settings(Settings).database_url, source="identity", pool_size=1)
    try:
        async with database.begin(None) as tx:
            return await command.run(tx, given)
    finally:
        await database.close()


def _kept_out(error: Exception) -> bool:
    """Whether the server knows no such user, password or database (SQLSTATE 28, 3D)."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", "")).startswith(("28", "3D"))


def _parser(commands: Sequence[Command]) -> ArgumentParser:
    parser = ArgumentParser(prog="python -m services.identity", description="What is done at identity by command line.")
    known = parser.add_subparsers(required=True, metavar="command")
    for command in commands:
        told = " ".join((command.run.__doc__ or "").split())
        below = known.add_parser(command.name, help=told, description=told)
        for name, options in command.arguments.items():
            below.add_argument(name, **options)
        below.set_defaults(command=command)
    return parser


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code
