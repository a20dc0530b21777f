import pytest
from fullmakt.events import LinkAccepted
from sqlalchemy import text

from services.clients.tests.kit import Case
from tests.kit import App, told

TABLES = ("organisation", "person", "member", "link_request", "link", "audit_entry", "audit_name")


async def linked(case: Case) -> tuple[dict[str, object], str]:
    request = await case.send()
    await case.app.call("POST", case.answer_path(request, "accept"), by=case.anna)
    (event,) = await told(case.app.database, LinkAccepted)
    return request, str(event.link_id)


async def test_another_tenants_ids_are_not_found_on_any_route(case: Case) -> None:
    request, link = await linked(case)
    stranger_agency = await case.town.organisation("agency", "Främmande byrå", number="5560427220")
    stranger = await case.town.administrator(stranger_agency, "agency")
    own, foreign = case.path(stranger_agency), case.path(case.agency)

    for home in (own, foreign):
        for method, path, body in (
            ("GET", f"link-requests/{request['id']}", None),
            ("POST", f"link-requests/{request['id']}/accept", None),
            ("POST", f"link-requests/{request['id']}/decline", {}),
            ("POST", f"link-requests/{request['id']}/cancel", None),
            ("POST", f"link-requests/{request['id']}/resend", None),
            ("POST", f"links/{link}/end", None),
        ):
            answer = await case.app.call(method, f"{home}/{path}", by=stranger, body=body)
            assert answer.status_code in ({404} if home == foreign or method == "GET" else {403, 404}), path
    for path in ("directory?organisation_number=5560125790", "link-requests", "clients"):
        assert (await case.app.call("GET", f"{foreign}/{path}", by=stranger)).status_code == 404
    asking = await case.app.call("POST", f"{foreign}/link-requests", by=stranger, body=case.asking())
    assert asking.status_code == 404


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
            body = {"ahead_seconds": "1"} if path.endswith("clock") else body
            answer = await app.call(method, filled, body=body)
            assert answer.status_code == 401, (method, path, answer.text)
