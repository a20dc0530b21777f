import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from services.identity.__main__ import COMMANDS
from services.identity.commands.command import main
from services.identity.tests.kit import PASSWORD, member, operator, organisation
from services.identity.tests.places import ADMIN, rows
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
Run = Callable[..., Awaitable[tuple[int, Any, str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as from a shell: exit code, what it printed as JSON, and its complaint."""

    async def called(app: App, *arguments: str, typed: str = "") -> tuple[int, Any, str]:
        monkeypatch.setenv("FULLMAKT_DATABASE_URL", app.database.url)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        try:
            code = await asyncio.to_thread(main, COMMANDS, arguments)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out.startswith(("[", "{")) else printed.out, printed.err

    return called


async def token(app: App, account: dict[str, str]) -> int:
    form = {"grant_type": "client_credentials"}
    credentials = account["client_id"], account["client_secret"]
    return (await app.client.post("/identity/v1/token", data=form, auth=credentials)).status_code


async def test_the_first_operator_is_added_by_command_and_signs_in(app: AppOf, run: Run) -> None:
    identity = await app("identity")

    added = await run(identity, "add-operator", "Olga@vendor.test", "Olga", typed=f"{PASSWORD}\n")
    again = await run(identity, "add-operator", "olga@vendor.test", "Olga", typed=f"{PASSWORD}\n")
    short = await run(identity, "add-operator", "o@vendor.test", "O", typed="short\n")
    nowhere = await run(identity, "add-operator", "no address", "O", typed=f"{PASSWORD}\n")

    assert (added[0], again[0], short[0], nowhere[0]) == (0, 1, 2, 2)
    assert "sign-in already" in again[2]
    body = {"email": "olga@vendor.test", "password": PASSWORD}
    assert (await identity.call("POST", "/identity/v1/sign-in", body=body)).status_code == 200
    assert PASSWORD not in "".join(f"{out}{err}" for _, out, err in (added, again, short, nowhere))


async def test_operators_are_listed_and_removed_by_command_the_last_one_not(app: AppOf, run: Run) -> None:
    identity = await app("identity")
    await operator(identity)
    await run(identity, "add-operator", "olga@vendor.test", "Olga", typed=f"{PASSWORD}\n")

    _, listed, _ = await run(identity, "list-operators")
    codes = [(await run(identity, "remove-operator", row["person_id"]))[0] for row in listed]
    unknown = await run(identity, "remove-operator", str(uuid4()))

    assert {row["email"] for row in listed} == {"olle@vendor.test", "olga@vendor.test"}
    assert codes == [0, 1]
    assert (unknown[0], unknown[2]) == (1, "there is none with this id\n")


async def test_a_service_account_is_opened_rotated_and_revoked_by_command(app: AppOf, run: Run) -> None:
    identity = await app("identity")

    _, opened, _ = await run(identity, "add-service-account", "ERP", "--scope", "events.read")
    _, rotated, _ = await run(identity, "rotate-secret", opened["client_id"])
    tokens = [await token(identity, account) for account in (opened, rotated)]
    revoked = await run(identity, "revoke-service-account", opened["client_id"])
    after = await token(identity, rotated)
    refused = await run(identity, "rotate-secret", opened["client_id"])
    _, listed, _ = await run(identity, "list-service-accounts")

    assert (tokens, revoked[0], after, refused[0]) == ([401, 200], 0, 401, 1)
    assert [(row["name"], row["revoked_at"] is not None) for row in listed] == [("ERP", True)]
    trail = await rows(
        identity,
        opened["client_id"],
        "SELECT convert_from(body, 'UTF8')::json ->> 'actor', convert_from(body, 'UTF8')::json ->> 'action'"
        " FROM audit_entry ORDER BY at",
    )
    actions = ("open_service_account", "rotate_secret", "revoke_service_account")
    assert trail == [("system", action) for action in actions]


async def test_a_person_is_exported_and_erased_by_command(app: AppOf, run: Run) -> None:
    identity = await app("identity")
    by = await operator(identity)
    anna = await member(identity, by, await organisation(identity, by), "anna@c.test", ADMIN)

    code, exported, _ = await run(identity, "export-person", str(anna))
    erased = await run(identity, "erase-person", str(anna))
    again = await run(identity, "export-person", str(anna))

    assert (code, exported["person"]["email"]) == (0, "anna@c.test")
    assert (erased[0], again[0]) == (0, 1)
    assert await rows(identity, anna, "SELECT email FROM person") == [(None,)]


@pytest.mark.parametrize(
    "call",
    [
        (),
        ("no-such-command",),
        ("add-operator", "only@vendor.test"),
        ("remove-operator", "no id"),
        ("add-service-account", "ERP"),
        ("add-service-account", "ERP", "--scope", "everything"),
        ("erase-person",),
    ],
)
async def test_a_call_that_can_not_be_used_ends_with_2_and_says_why(
    app: AppOf, run: Run, call: tuple[str, ...]
) -> None:
    code, printed, complaint = await run(await app("identity"), *call)

    assert (code, printed) == (2, "")
    assert "usage:" in complaint


async def test_help_tells_of_every_command(app: AppOf, run: Run) -> None:
    code, printed, _ = await run(await app("identity"), "--help")

    assert code == 0
    assert all(command.name in printed for command in COMMANDS)


async def test_a_database_that_can_not_be_reached_or_is_not_told_ends_the_command_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, app: AppOf
) -> None:
    identity = await app("identity")
    there = identity.database.url

    identity.database.url = "postgresql://nobody@127.0.0.1:1/identity"
    nowhere = await run(identity, "list-operators")
    identity.database.url = there.replace("identity_app", "stranger")
    stranger = await run(identity, "list-operators")
    monkeypatch.delenv("FULLMAKT_DATABASE_URL")
    code = await asyncio.to_thread(main, COMMANDS, ["list-operators"])

    assert (nowhere[0], stranger[0], code) == (1, 1, 2)
    assert nowhere[2] == stranger[2]
