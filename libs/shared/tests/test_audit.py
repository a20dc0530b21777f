import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from libs.shared.audit import Entry
from libs.shared.database import Database
from libs.shared.tests.kit import value

TENANT, PERSON = uuid4(), uuid4()


async def record(db: Database, name: str | None = "Anna Bergström") -> None:
    entry = Entry(
        tenant=TENANT,
        at=datetime.now(UTC),
        actor=f"person:{PERSON}",
        action="accept_link_request",
        thing=uuid4(),
        details={"b": 1, "a": 2},
    )
    async with db.begin(TENANT) as tx:
        await tx.record(entry, name=name)


async def kept(db: Database, tenant: UUID = TENANT) -> list[tuple[bytes, bytes]]:
    async with db.begin(tenant) as tx:
        found = await tx.session.execute(text("SELECT body, digest FROM audit_entry ORDER BY at"))
        return [(row.body, row.digest) for row in found]


async def test_an_entry_is_kept_as_the_bytes_that_were_hashed(db: Database) -> None:
    await record(db)

    [(body, digest)] = await kept(db)
    assert hashlib.sha256(body).digest() == digest
    assert json.loads(body)["action"] == "accept_link_request"
    assert "Bergström" not in body.decode()


async def test_a_name_can_be_checked_against_its_entry_while_it_is_there_and_be_erased(db: Database) -> None:
    await record(db)
    [(body, digest)] = await kept(db)
    async with db.begin(TENANT) as tx:
        row = (await tx.session.execute(text("SELECT salt, name FROM audit_name"))).one()
    assert json.loads(body)["name_commitment"] == hashlib.sha256(row.salt + row.name.encode()).hexdigest()

    async with db.begin(PERSON) as tx:
        await tx.session.execute(text("DELETE FROM audit_name WHERE person_id = :id"), {"id": PERSON})

    async with db.begin(TENANT) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM audit_name")) == 0
    assert await kept(db) == [(body, digest)]
    assert hashlib.sha256(body).digest() == digest


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET at = now()",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_name SET name = 'Other'",
        "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY",
        "DROP TABLE audit_entry",
    ],
)
async def test_the_app_role_can_not_change_what_is_recorded(db: Database, statement: str) -> None:
    await record(db)

    with pytest.raises(DBAPIError) as refused:
        async with db.begin(TENANT) as tx:
            await tx.session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"


async def test_an_entry_whose_digest_is_not_its_own_is_refused(db: Database) -> None:
    with pytest.raises(DBAPIError, match="audit_entry_check"):
        await add_by_hand(db, TENANT, "sha256('b')")


async def test_a_trail_is_its_tenants_alone(db: Database) -> None:
    await record(db)

    assert await kept(db, uuid4()) == []
    assert await value(db, "SELECT count(*) FROM audit_entry") == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        await add_by_hand(db, uuid4(), "sha256('a')")


async def add_by_hand(db: Database, tenant: UUID, digest: str) -> None:
    statement = f"INSERT INTO audit_entry VALUES (gen_random_uuid(), :tenant, now(), 'a', {digest})"  # noqa: S608
    async with db.begin(tenant) as tx:
        await tx.session.execute(text(statement), {"tenant": TENANT})
