from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.identity.tests.kit import member, operator, organisation
from services.identity.tests.organisations import Connect, answer_administration
from tests.kit import App, answers_to, of_a_thing, other_than_404, outside_organisations

AppOf = Callable[[str], Awaitable[App]]
TABLES = ("organisation", "membership", "invitation", "person", "verification", "audit_entry", "audit_name")


async def two_companies(identity: App) -> tuple[UUID, UUID, UUID, UUID]:
    """Two companies and an administrator of each."""
    by = await operator(identity)
    first, second = await organisation(identity, by), await organisation(identity, by, number="556016-0680")
    anna = await member(identity, by, first, "anna@first.test", "system_administrator")
    eve = await member(identity, by, second, "eve@second.test", "system_administrator")
    path = f"/identity/v1/organisations/{first}/number-changes"
    await identity.call("POST", path, by=anna, body={"organisation_number": "556042-7220"})
    return first, second, anna, eve


async def test_another_tenants_ids_are_not_found_on_any_route(app: AppOf, connect: Connect) -> None:
    identity = await app("identity")
    await answer_administration(identity, await connect("access"), {})
    first, second, anna, eve = await two_companies(identity)
    path = f"/identity/v1/organisations/{first}/invitations"
    invited = await identity.call("POST", path, by=anna, body={"name": "Bo", "email": "bo@first.test"})
    things = {"person_id": anna, "invitation_id": invited.json()["id"]}
    bodies = {
        "invitations": {"name": "Guest", "email": "guest@x.test"},
        "roles": {"roles": []},
        "{organisation_id}": {"name": "X"},
        "number-changes": {"organisation_number": "556009-4178"},
        "verification": {"verification_id": str(uuid4()), "outcome": "verified"},
        "client-users": {"mode": "existing", "rows": [{"company_id": str(first), "person_id": str(anna)}]},
        "usernames": {"names": ["Guest"]},
    }

    for home in (first, uuid4()):
        seen = await answers_to(identity, eve, home=home, things=things, bodies=bodies)
        assert other_than_404(seen) == {}
    seen = await answers_to(identity, eve, home=second, things=things, bodies=bodies)
    assert other_than_404(of_a_thing(seen)) == {}
    for method, below in (("DELETE", ""), ("GET", "/audit"), ("GET", "/export")):
        answer = await identity.call(method, f"/identity/v1/people/{anna}{below}", by=eve)
        assert answer.status_code == 404

    own = await answers_to(identity, anna, home=first, things=things, bodies=bodies)
    assert other_than_404(own) == own


async def test_every_route_is_below_an_organisation_or_known_not_to_be(app: AppOf) -> None:
    assert outside_organisations(await app("identity")) == {
        "POST /identity/v1/sign-in",
        "POST /identity/v1/sign-in/second-factor",
        "POST /identity/v1/sessions/token",
        "POST /identity/v1/sign-out",
        "POST /identity/v1/token",
        "POST /identity/v1/authorizations",
        "POST /identity/v1/authorizations/read",
        "POST /identity/v1/authorizations/refuse",
        "GET /identity/v1/programs",
        "PUT /identity/v1/programs/{program}",
        "DELETE /identity/v1/programs/{program}",
        "GET /identity/v1/me",
        "GET /identity/v1/me/audit",
        "POST /identity/v1/me/successors",
        "GET /identity/v1/sessions/current",
        "PATCH /identity/v1/me",
        "GET /identity/v1/me/sessions",
        "DELETE /identity/v1/me/sessions",
        "DELETE /identity/v1/me/sessions/{session_id}",
        "POST /identity/v1/me/password",
        "POST /identity/v1/me/second-factor",
        "POST /identity/v1/me/second-factor/confirm",
        "POST /identity/v1/me/second-factor/remove",
        "POST /identity/v1/me/recovery-codes",
        "POST /identity/v1/me/email",
        "DELETE /identity/v1/me/email",
        "POST /identity/v1/email-changes/{token}/confirm",
        "POST /identity/v1/password-resets",
        "POST /identity/v1/password-resets/{token}",
        "DELETE /identity/v1/people/{person_id}",
        "GET /identity/v1/people/{person_id}/audit",
        "GET /identity/v1/people/{person_id}/export",
        "GET /identity/v1/operators",
        "POST /identity/v1/operators",
        "DELETE /identity/v1/operators/{person_id}",
        "POST /identity/v1/organisations",
        "GET /identity/v1/verifications",
        "POST /identity/v1/invitations/{token}/accept",
        "GET /identity/v1/service-accounts",
        "POST /identity/v1/service-accounts",
        "POST /identity/v1/service-accounts/{account_id}/secret",
        "DELETE /identity/v1/service-accounts/{account_id}",
        "GET /identity/v1/feed",
        "GET /identity/v1/snapshot",
        "PUT /identity/v1/sandbox/clock",
    }


@pytest.mark.parametrize("table", TABLES)
async def test_row_level_security_hides_other_tenants_rows_with_our_own_filter_taken_out(
    app: AppOf, table: str
) -> None:
    identity = await app("identity")
    first, _, _, _ = await two_companies(identity)

    query = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from the list above
    counts = {}
    for name, tenant in (("first", first), ("nobody", None), ("stranger", uuid4())):
        async with identity.database.begin(tenant) as tx:
            counts[name] = await tx.session.scalar(query)

    assert counts["first"] == {"organisation": 1, "membership": 1, "invitation": 1, "person": 1}.get(
        table, counts["first"]
    )
    assert (counts["first"] or 0) > 0
    assert (counts["nobody"], counts["stranger"]) == (0, 0)


async def test_the_app_role_owns_nothing_and_can_not_bypass_the_policies(app: AppOf) -> None:
    identity = await app("identity")
    query = (
        "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)"
        " FROM pg_roles r WHERE rolname = current_user"
    )
    async with identity.database.begin(None) as tx:
        assert await tx.session.scalar(text(query)) is False
