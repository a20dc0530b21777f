from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.events import LinkAccepted
from sqlalchemy import func, make_url, select, text

from libs.local.postgres import Cluster
from libs.shared.database import Database
from libs.shared.errors import NotFound
from services.clients.models import LinkRequest
from services.clients.tests.kit import Case
from tests.kit import App, answers_to, of_a_thing, other_than_404, outside_organisations, told

TABLES = ("organisation", "person", "member", "link_request", "link", "audit_entry", "audit_name")


async def linked(case: Case) -> tuple[dict[str, object], str]:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    (event,) = await told(case.app.database, LinkAccepted)
    return request, str(event.link_id)


async def strangers(case: Case) -> list[tuple[UUID, UUID]]:
    """Administrators and plain members of another agency and another company, each with their home."""
    agency = await case.town.organisation("agency", "Främmande byrå", number="5560427220")
    company = await case.town.organisation("company", "Främmande bolag", number="5560094178")
    return [
        (agency, await case.town.administrator(agency, "agency")),
        (agency, await case.town.person("Petra Plan", (agency, "agency", ()))),
        (company, await case.town.administrator(company, "company")),
        (company, await case.town.person("Pelle Plan", (company, "company", ()))),
    ]


async def test_another_tenants_ids_are_not_found_on_any_route(case: Case) -> None:
    request, link = await linked(case)
    things = {"link_request_id": request["id"], "link_id": link}
    number = {"organisation_number": "556012-5790"}
    bodies: dict[str, Any] = {"link-requests": case.asking(), "decline": {}, "directory": number}

    for home, stranger in await strangers(case):
        for foreign in (case.agency, case.company):
            seen = await answers_to(case.app, stranger, home=foreign, things=things, bodies=bodies)
            assert other_than_404(seen) == {}
        seen = await answers_to(case.app, stranger, home=home, things=things, bodies=bodies)
        assert other_than_404(of_a_thing(seen)) == {}

    by_agency = await answers_to(case.app, case.admin, home=case.agency, things=things, bodies=bodies)
    by_company = await answers_to(case.app, case.anna, home=case.company, things=things, bodies=bodies)
    assert set(other_than_404(by_agency) | other_than_404(by_company)) == set(by_agency)


async def test_every_route_is_below_an_organisation_or_known_not_to_be(case: Case) -> None:
    assert outside_organisations(case.app) == {
        "GET /clients/v1/approvals/{token}",
        "GET /clients/v1/feed",
        "GET /clients/v1/snapshot",
        "PUT /clients/v1/sandbox/clock",
    }


@pytest.mark.parametrize("lock", [False, True])
async def test_the_applications_own_filter_hides_rows_with_row_level_security_set_aside(
    case: Case, cluster: Cluster, *, lock: bool
) -> None:
    request, _ = await linked(case)
    id_ = UUID(str(request["id"]))
    name = make_url(case.app.database.url).database
    assert name is not None
    unstopped = Database(cluster.superuser_url(name), source="clients", pool_size=1)

    async with unstopped.begin(None) as tx:
        assert await tx.session.scalar(select(func.count()).select_from(LinkRequest)) == 1
        for tenant in (case.agency, case.company):
            assert (await tx.get(LinkRequest, id_, visible_to=tenant, lock=lock)).id == id_
        for stranger in (uuid4(), case.anna, id_):
            with pytest.raises(NotFound):
                await (tx.lock if lock else tx.get)(LinkRequest, id_, visible_to=stranger)
    await unstopped.close()


async def test_what_is_not_there_and_what_is_anothers_get_the_same_answer(case: Case) -> None:
    request, _ = await linked(case)
    stranger_agency = await case.town.organisation("agency", "Främmande byrå", number="5560427220")
    stranger = await case.town.administrator(stranger_agency, "agency")

    path = case.path(stranger_agency, "link-requests")
    anothers = await case.app.call("GET", f"{path}/{request['id']}", by=stranger)
    nothing = await case.app.call("GET", f"{path}/{stranger}", by=stranger)

    assert anothers.status_code == nothing.status_code == 404
    assert anothers.content == nothing.content


@pytest.mark.parametrize("table", TABLES)
async def test_row_level_security_hides_other_tenants_rows_with_our_own_filter_taken_out(
    case: Case, table: str
) -> None:
    await linked(case)
    stranger = await case.town.organisation("agency", "Främmande byrå", number="5560427220")

    query = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from the list above
    async with case.app.database.begin(case.company) as tx:
        seen_by_company = await tx.session.scalar(query)
    async with case.app.database.begin(stranger) as tx:
        seen_by_stranger = await tx.session.scalar(query)
    async with case.app.database.begin(None) as tx:
        seen_by_nobody = await tx.session.scalar(query)

    own_row = 1 if table == "organisation" else 0
    assert seen_by_company is not None
    assert seen_by_company > 0
    assert (seen_by_stranger, seen_by_nobody) == (own_row, 0)


async def test_a_tenant_can_not_write_rows_of_others(case: Case) -> None:
    request, _ = await linked(case)
    stranger = await case.town.organisation("agency", "Främmande byrå", number="5560427220")

    async with case.app.database.begin(stranger) as tx:
        changed = await tx.session.execute(
            text("UPDATE link_request SET state = 'cancelled' WHERE id = :id RETURNING id"), {"id": request["id"]}
        )
        renamed = await tx.session.execute(text("UPDATE organisation SET name = 'X' RETURNING id"))
        assert changed.all() == []
        assert [row.id for row in renamed] == [stranger]


async def test_every_route_but_the_mailed_link_takes_a_sign_in(case: Case) -> None:
    app: App = case.app
    free = {
        "/clients/health/live",
        "/clients/health/ready",
        "/clients/v1/approvals/{token:str}",
        "/clients/openapi.json",
    }

    for route in app.app.routes:
        for method in sorted(getattr(route, "methods", set()) - {"OPTIONS", "HEAD"}):
            path = route.path_format
            if path in {p.replace(":str", "") for p in free} or not path.startswith("/clients/v1"):
                continue
            filled = path.replace("{token}", "x")
            for name in ("organisation_id", "link_request_id", "link_id"):
                filled = filled.replace(f"{{{name}}}", str(case.agency))
            body = {"company_id": str(case.company)} if method == "POST" and path.endswith("link-requests") else None
            body = {} if path.endswith("decline") else body
            body = {"organisation_number": "1"} if path.endswith("directory") else body
            body = {"ahead_seconds": "1"} if path.endswith("clock") else body
            answer = await app.call(method, filled, body=body)
            assert answer.status_code == 401, (method, path, answer.text)
