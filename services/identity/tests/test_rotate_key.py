"""Signing keys: sealed, published before they sign and after, changed without anybody noticing."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.shared import keys as published
from libs.shared.auth import TokenReader
from libs.shared.database import Database
from services.identity import keys
from services.identity.keys import Keyring
from services.identity.tests.program_kit import SEALER
from services.identity.tokens import TokenIssuer
from services.identity.usecases.rotate_key import EACH, MARGIN, retire_keys, rotate_key, rotate_key_when_due
from tests.kit import ISSUER

LEAD, LIFE = timedelta(minutes=10), timedelta(minutes=10)


@pytest.fixture
def db(database: Callable[[str], Database]) -> Database:
    """Identity's database, without a key."""
    return database("identity")


def issuer_on(db: Database) -> TokenIssuer:
    """A process of identity's, which has read nothing yet."""
    return TokenIssuer(issuer=ISSUER, keys=Keyring(db, SEALER), minutes=10)


async def pass_time(db: Database, time: timedelta) -> None:
    """Have all keys be so much older."""
    older = text("UPDATE signing_key SET created_at = created_at - :t, signs_from = signs_from - :t")
    async with db.begin(None) as tx:
        await tx.session.execute(older.bindparams(t=time))


async def kids(db: Database) -> list[str]:
    """The keys that a process publishes that has just begun."""
    return [key["kid"] for key in (await issuer_on(db).jwks())["keys"]]


async def test_processes_that_begin_at_the_same_moment_make_one_key(db: Database) -> None:
    pages = await asyncio.gather(*(issuer_on(db).jwks() for _ in range(8)))

    assert len({str(page) for page in pages}) == 1
    assert len(pages[0]["keys"]) == 1
    assert "d" not in pages[0]["keys"][0]


async def test_a_private_key_is_kept_sealed(db: Database) -> None:
    await issuer_on(db).issue("person", uuid4())

    (row,) = await db.fetch("SELECT private_key, public_key FROM signing_key")

    assert b"PRIVATE" not in row["private_key"]
    assert SEALER.unseal(row["private_key"]).startswith(b"-----BEGIN PRIVATE KEY-----")
    assert '"d"' not in row["public_key"]


async def test_during_a_rotation_a_reader_misses_no_token_issued_before_or_after(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KEPT", 0.0)
    monkeypatch.setattr(published, "REFETCH_AFTER", 0.0)  # minutes pass at once here
    issuer, person = issuer_on(db), uuid4()
    reader = TokenReader(ISSUER, issuer.jwks)
    signed_by: list[str] = []
    tokens: list[str] = []

    async def issue_and_read() -> None:
        tokens.append(await issuer.issue("person", person, session=uuid4()))
        signed_by.append(header_of(tokens[-1])["kid"])
        for token in tokens:
            assert (await reader.read(token)).id == person

    await issue_and_read()
    async with db.begin(None) as tx:
        new = (await rotate_key(tx, sealer=SEALER, lead=LEAD)).kid
    await issue_and_read()
    await pass_time(db, LEAD)
    await issue_and_read()
    async with db.begin(None) as tx:
        await retire_keys(tx, tokens_live=LIFE)
    await issue_and_read()
    await pass_time(db, LIFE + MARGIN)
    async with db.begin(None) as tx:
        await retire_keys(tx, tokens_live=LIFE)

    assert signed_by[0] == signed_by[1] != new
    assert signed_by[2] == signed_by[3] == new
    assert await kids(db) == [new]


def header_of(token: str) -> dict[str, Any]:
    """A token's header."""
    return dict(json.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "==")))


async def test_a_new_key_is_published_at_once_and_one_of_an_emergency_signs_at_once(
    db: Database,
) -> None:
    issuer = issuer_on(db)
    before = header_of(await issuer.issue("person", uuid4()))["kid"]
    async with db.begin(None) as tx:
        new = (await rotate_key(tx, sealer=SEALER, lead=timedelta())).kid

    assert [key["kid"] for key in (await issuer.jwks())["keys"]] == [before, new]
    assert header_of(await issuer.issue("person", uuid4()))["kid"] == new


async def test_a_key_is_changed_every_thirty_days_and_not_before(db: Database) -> None:
    await issuer_on(db).jwks()

    async def when_due() -> int:
        async with db.begin(None) as tx:
            await rotate_key_when_due(tx, sealer=SEALER, lead=LEAD)
        return len(await kids(db))

    assert await when_due() == 1
    await pass_time(db, EACH)
    assert await when_due() == 2
    assert await when_due() == 2


async def test_a_process_that_was_idle_knows_a_key_by_the_token_that_names_it(db: Database) -> None:
    idle, other = issuer_on(db), issuer_on(db)
    await idle.issue("person", uuid4())
    async with db.begin(None) as tx:
        await rotate_key(tx, sealer=SEALER, lead=timedelta())

    token = await other.issue("person", uuid4())

    assert await idle.read_access(token) is not None
