"""The registry of programs (I6)."""

import asyncio
import json
import os
import sys
from typing import Any

import pytest
from sqlalchemy import text

from services.identity.tests.program_kit import CALLBACK, Provider, error_of
from tests.kit import KEY_SECRET

COMMAND = (sys.executable, "-m", "services.identity")


async def test_an_operator_registers_and_anybody_signed_in_sees_what_there_is(provider: Provider) -> None:
    by_anna = await provider.app.call(
        "PUT",
        "/identity/v1/programs/payroll",
        by=provider.anna,
        body={"name": "Payroll", "launch_url": CALLBACK, "redirect_uris": [CALLBACK]},
    )
    listed = await provider.app.call("GET", "/identity/v1/programs", by=provider.anna)

    assert (by_anna.status_code, by_anna.json()["code"]) == (403, "not_an_operator")
    assert listed.json() == {
        "programs": [{"id": "bookkeeping", "name": "Bookkeeping", "launch_url": "https://books.test/launch"}]
    }


async def test_a_secret_is_shown_once_and_made_anew_when_asked(provider: Provider) -> None:
    again = (await provider.register("bookkeeping", confidential=True)).json()
    assert "client_secret" not in again or again["client_secret"] is None
    assert (await provider.redeem(await provider.code())).status_code == 200

    renewed = (await provider.register("bookkeeping", confidential=True, renew_secret=True)).json()["client_secret"]

    assert error_of(await provider.redeem(await provider.code())) == (401, "invalid_client")
    assert (await provider.redeem(await provider.code(), by=("bookkeeping", renewed))).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "http://books.test/callback",
        "https://books.test/callback#part",
        "https://books.test/#",
        "https://anna@books.test/",
        "https:///callback",
        "javascript:alert(1)",
        "books://callback",
        "//books.test",
        "https://books.test/a b",
        "https://böcker.test/",
        "https://books.test:port/",
        "http://127.0.0.1.evil.test/",
    ],
)
async def test_people_are_sent_back_over_tls_or_to_their_own_machine_alone(provider: Provider, address: str) -> None:
    answer = await provider.register("payroll", redirect_uris=[address])

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "redirect_uris"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/callback", "http://[::1]/x", "http://localhost:3000/"])
async def test_a_program_on_the_machine_itself_needs_no_tls(provider: Provider, address: str) -> None:
    assert (await provider.register("payroll", redirect_uris=[address])).status_code == 200


async def test_who_is_at_a_program_that_is_removed_is_there_no_longer(provider: Provider) -> None:
    token = (await provider.signed_in())["access_token"]
    sid = (await provider.claims(token))["sid"]

    path = "/identity/v1/programs/bookkeeping"
    by_anna = await provider.app.call("DELETE", path, by=provider.anna)
    removed = await provider.app.call("DELETE", path, by=provider.operator)
    again = await provider.app.call("DELETE", path, by=provider.operator)

    assert (by_anna.status_code, removed.status_code, again.status_code) == (403, 200, 404)
    assert await provider.ended(sid) == "program_removed"
    assert await provider.ended(provider.session) is None


async def test_what_was_done_to_programs_and_at_them_is_in_the_trail(provider: Provider) -> None:
    await provider.signed_in(client=str(provider.company))

    async def entries(tenant: Any) -> list[Any]:
        async with provider.app.database.begin(tenant) as tx:
            rows = await tx.session.execute(text("SELECT body FROM audit_entry WHERE actor_id IS NOT NULL"))
            return [json.loads(row.body) for row in rows]

    (registered,) = [e for e in await entries(provider.operator) if e["action"] == "register_program"]
    (entered,) = [e for e in await entries(provider.anna) if e["action"] == "enter_program"]

    assert registered["details"] == {"program": "bookkeeping"}
    assert (entered["on_behalf_of"], entered["details"]["link"]) == (str(provider.company), str(provider.link))


async def run(provider: Provider, *arguments: str, stdin: str = "") -> tuple[int | None, str]:
    """A command's exit code and what it says."""
    url = provider.app.database.url
    environment = os.environ | {"FULLMAKT_DATABASE_URL": url, "FULLMAKT_KEY_SECRET": KEY_SECRET}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    )
    told, _ = await process.communicate(stdin.encode())
    return process.returncode, told.decode()


async def test_programs_are_registered_and_keys_changed_by_command_line(provider: Provider) -> None:
    await provider.issuer.jwks()
    body = {"name": "Payroll", "launch_url": CALLBACK, "redirect_uris": [CALLBACK], "confidential": True}

    registered = await run(provider, "register-program", "payroll", stdin=json.dumps(body))
    unsafe = json.dumps(body | {"launch_url": "http://x.test"})
    refused = await run(provider, "register-program", "payroll", stdin=unsafe)
    rotated = await run(provider, "rotate-key", "--now")
    wrong = await run(provider, "rotate-key", "--later")

    assert (registered[0], refused[0], rotated[0], wrong[0]) == (0, 1, 0, 2)
    by = ("payroll", json.loads(registered[1])["client_secret"])
    assert (await provider.redeem(await provider.code(client_id="payroll"), by=by)).status_code == 200
    assert json.loads(rotated[1])["kid"] == (await provider.issuer.jwks())["keys"][-1]["kid"]


async def test_no_program_has_the_audience_of_our_own_tokens(provider: Provider) -> None:
    answer = await provider.register("fullmakt")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "program")
