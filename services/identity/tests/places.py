"""What tests of leaving, of the trail and of erasure do over and over."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from libs.shared.mail_tokens import write_token
from services.identity.models import Session
from services.identity.sessions import Device, begin_session, real_now
from services.identity.tests.kit import SECRET
from tests.kit import App

ADMIN = "system_administrator"
ORGANISATIONS = "/identity/v1/organisations"


async def remove(app: App, organisation: UUID, person: UUID, *, by: UUID) -> httpx.Response:
    """Remove somebody from an organisation; by themselves: leave."""
    return await app.call("DELETE", f"{ORGANISATIONS}/{organisation}/members/{person}", by=by)


async def change(app: App, organisation: UUID, person: UUID, *roles: str, by: UUID) -> httpx.Response:
    """Give somebody these roles and no others."""
    path = f"{ORGANISATIONS}/{organisation}/members/{person}/roles"
    return await app.call("PUT", path, by=by, body={"roles": list(roles)})


async def accept_again(app: App, organisation: UUID, email: str, *, by: UUID, body: dict[str, str]) -> httpx.Response:
    """Invite an address that is known, and accept without being signed in."""
    invited = await app.call(
        "POST", f"{ORGANISATIONS}/{organisation}/invitations", by=by, body={"name": "X", "email": email}
    )
    assert invited.status_code == 201, invited.text
    ids = UUID(invited.json()["id"]), UUID(invited.json()["person_id"])
    token = write_token(SECRET, "invitation", *ids, 1)
    return await app.call("POST", f"/identity/v1/invitations/{token}/accept", body=body)


async def rows(app: App, tenant: UUID | None, query: str, **values: object) -> list[Any]:
    """What a bare query gives under a tenant's setting."""
    async with app.database.begin(tenant) as tx:
        return [tuple(row) for row in await tx.session.execute(text(query), values)]


async def waits(app: App) -> bool:
    """Whether something in the database waits for a lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await rows(app, None, waiting))


async def without_administrator(app: App, organisation: UUID) -> bool:
    """What the organisation says of itself."""
    ((shown,),) = await rows(app, organisation, "SELECT without_administrator FROM organisation")
    return bool(shown)


async def signed_in(app: App, person: UUID) -> UUID:
    """A session of the person, as signing in begins one."""
    async with app.database.begin(person) as tx:
        device = Device(user_agent="Netscape Navigator 4.7", address="203.0.113.77")
        session, _ = await begin_session(tx, person_id=person, methods=["pwd"], device=device)
        return session.id


async def at_program(
    app: App, person: UUID, parent: UUID, *, company: UUID | None = None, agency: UUID | None = None
) -> UUID:
    """A session of the person at a program, for a company, perhaps through an agency."""
    async with app.database.begin(person) as tx:
        await tx.session.execute(
            text(
                "INSERT INTO program VALUES ('payroll', 'Payroll', 'https://p.test', '{https://p.test/cb}', '{}', NULL)"
                " ON CONFLICT DO NOTHING"
            )
        )
        now = await real_now(tx)
        session = Session(
            id=uuid4(),
            person_id=person,
            kind="program",
            parent_id=parent,
            authenticated_at=now,
            methods=["pwd"],
            created_at=now,
            used_at=now,
            expires_at=now,
            program="payroll",
            scopes=["openid"],
            company_id=company,
            agency_id=agency,
            link_id=agency and uuid4(),
        )
        tx.add(session)
        return session.id


async def ended(app: App, person: UUID) -> dict[UUID, str | None]:
    """Of each of a person's sessions, why it ended, or None."""
    return dict(await rows(app, person, "SELECT id, ended_by FROM session"))
