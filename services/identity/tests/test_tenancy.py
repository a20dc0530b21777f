from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.identity.tests.kit import member, operator, organisation
from tests.kit import App

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
    guest = {"name": "Guest", "email": "guest@x.test"}

    for home, person in ((first, anna), (second, anna), (uuid4(), eve)):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/members", None),
            ("POST", "/invitations", guest),
            ("PUT", f"/members/{person}/roles", {"roles": []}),
            ("DELETE", f"/members/{person}", None),
        ):
            if home == second and path in {"", "/members", "/invitations"}:
                continue
            answer = await identity.call(method, f"/identity/v1/organisations/{home}{path}", by=eve, body=body)
            assert answer.status_code == 404, (method, path, answer.text)
    erased = await identity.call("DELETE", f"/identity/v1/people/{anna}", by=eve)
    assert erased.status_code == 404


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
