"""The first operator, by one command: `python -m services.identity add-operator <e-mail> <name>`.

The password is read from standard input, so that it stands in no list of processes.
"""

import asyncio
import sys

import msgspec

from libs.shared.database import Database
from libs.shared.settings import read_settings
from services.identity.token_commands import register_program_command, rotate_key_command
from services.identity.usecases.accept_invitation import SHORTEST
from services.identity.usecases.add_operator import add_operator


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that this command needs to know: FULLMAKT_DATABASE_URL."""

    database_url: str


async def _add(email: str, name: str, password: str) -> bool:
    database = Database(read_settings(Settings).database_url, source="identity", pool_size=1)
    try:
        async with database.begin(None) as tx:
            return await add_operator(tx, name=name, email=email, password=password) is not None
    finally:
        await database.close()


COMMANDS = {"register-program": register_program_command, "rotate-key": rotate_key_command}
"""Further commands by name; each takes what follows the name, and answers with an exit code."""


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 if it can't be done (the address has a sign-in already), 2 for a call that can't be used."""
    if arguments and arguments[0] in COMMANDS:
        return COMMANDS[arguments[0]](arguments[1:])
    if len(arguments) != 3 or arguments[0] != "add-operator":
        sys.stderr.write("usage: python -m services.identity add-operator <e-mail> <name>  (password on stdin)\n")
        return 2
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        sys.stderr.write(f"the password needs at least {SHORTEST} characters\n")
        return 2
    if not asyncio.run(_add(arguments[1], arguments[2], password)):
        sys.stderr.write("this address has a sign-in already\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
