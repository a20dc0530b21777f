from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.identity.tests.kit import member, operator, organisation
from tests.kit import App, answers_to, of_a_thing, other_than_404, outside_organisations

AppOf = Callable[[str], Awaitable[App]]
TABLES = ("organisation", "membership", "invitation", "person", "audit_entry", "audit_name")


async def two_companies(identity: App) -> tuple[UUID, UUID, UUID, UUID]:
    """Two companies and an administrator of each."""
    by = await operator(identity)
    first, second = await organisation(identity, by), await organisation(identity, by, number="556016-0680")
    anna = await member(identity, by, first, "anna@first.test", "system_administrator")
    eve = await member(identity, by, second, "eve@second.test", "system_administrator")
    return first, second, anna, eve


async def test_another_tenants_ids_are_not_found_on_any_route(app: AppOf) -> None:
    identity = await app("identity")
    first, second, anna, eve = await two_companies(identity)
    things = {"person_id": anna}
    bodies = {"invitations": {"name": "Guest", "email": "guest@x.test"}, "roles": {"roles": []}}

    for home in (first, uuid4()):
        seen = await answers_to(identity, eve, home=home, things=things, bodies=bodies)
        assert other_than_404(seen) == {}
    seen = await answers_to(identity, eve, home=second, things=things, bodies=bodies)
    assert other_than_404(of_a_thing(seen)) == {}
    erased = await identity.call("DELETE", f"/identity/v1/people/{anna}", by=eve)
    assert erased.status_code == 404

    own = await answers_to(identity, anna, home=first, things=things, bodies=bodies)
    assert other_than_404(own) == own


async def test_every_route_is_below_an_organisation_or_known_not_to_be(app: AppOf) -> None:
    assert outside_organisations(await app("identity")) == {
        "POST /identity/v1/sign-in",
        "POST /identity/v1/token",
        "POST /identity/v1/authorizations",
        "POST /identity/v1/authorizations/read",
        "POST /identity/v1/authorizations/refuse",
        "GET /identity/v1/programs",
        "PUT /identity/v1/programs/{program}",
        "DELETE /identity/v1/programs/{program}",
        "GET /identity/v1/me",
        "DELETE /identity/v1/people/{person_id}",
        "POST /identity/v1/organisations",
        "POST /identity/v1/invitations/{token}/accept",
        "POST /identity/v1/service-accounts",
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
