from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from fullmakt.events import JobFinished
from sqlalchemy import text

from services.notify.tests.kit import Post, Town, all_rows
from tests.kit import answers_to, eventually, of_a_thing, other_than_404, outside_organisations

TABLES = ("organisation", "person", "member", "link_request", "delivery", "notice", "audit_entry", "audit_name")


async def fill(town: Town, post: Post) -> tuple[UUID, UUID]:
    """A delivery that was given up and sent again at the company, and a notice at the agency."""
    post.faults.smtp = "refuse"
    request = town.request()
    await town.telling.tell(request)
    async with post.sending():
        await eventually(post.settled)
    delivery = next(iter(await all_rows(town.database, "delivery")))["id"]
    await town.app.call("POST", town.path(town.company, "deliveries", delivery, "retry"), by=town.anna)
    finished = JobFinished(
        job_id=uuid4(),
        agency_id=town.agency,
        started_by=town.admin,
        operation="give",
        done=1,
        unchanged=0,
        refused=0,
        finished_at=datetime.now(UTC),
    )
    await town.telling.tell(finished)
    return delivery, next(iter(await all_rows(town.database, "notice")))["id"]


async def stranger_of(town: Town) -> tuple[UUID, UUID]:
    agency = await town.organisation("agency", "Främmande byrå")
    return agency, await town.person("Sten Stranger", (agency, "agency", ("system_administrator",)))


async def test_another_tenants_things_are_not_found_on_any_route(town: Town, post: Post) -> None:
    delivery, notice = await fill(town, post)
    things = {"delivery_id": delivery, "notice_id": notice}
    own, stranger = await stranger_of(town)

    for home in (town.company, town.agency):
        seen = await answers_to(town.app, stranger, home=home, things=things, bodies={})
        assert other_than_404(seen) == {}
    seen = await answers_to(town.app, stranger, home=own, things=things, bodies={})
    assert other_than_404(of_a_thing(seen)) == {}
    for what in ("notices", "deliveries?state=due", "deliveries?state=given_up"):
        assert (await town.app.call("GET", town.path(own, what), by=stranger)).json()["items"] == []

    by_agency = await answers_to(town.app, town.admin, home=town.agency, things=things, bodies={})
    by_company = await answers_to(town.app, town.anna, home=town.company, things=things, bodies={})
    assert set(other_than_404(by_agency) | other_than_404(by_company)) == set(by_agency)


async def test_every_route_is_below_an_organisation_or_known_not_to_be(town: Town) -> None:
    assert outside_organisations(town.app) == {
        "GET /notify/v1/feed",
        "GET /notify/v1/snapshot",
        "PUT /notify/v1/sandbox/clock",
    }


async def test_who_left_or_is_only_invited_reaches_nothing(town: Town) -> None:
    for state in ("ended", "invited"):
        person = uuid4()
        event = await town.membership(town.agency, "agency", person, ())
        await town.telling.tell(msgspec.structs.replace(event, state=state))
        answer = await town.app.call("GET", town.path(town.agency, "notices"), by=person)
        assert answer.status_code == 404


async def test_nobody_reaches_anything_without_a_token(town: Town) -> None:
    for what in ("notices", "deliveries"):
        assert (await town.app.call("GET", town.path(town.agency, what))).status_code == 401


@pytest.mark.parametrize("table", TABLES)
async def test_row_level_security_hides_other_tenants_rows_with_our_own_filter_taken_out(
    town: Town, post: Post, table: str
) -> None:
    await fill(town, post)
    nobody = uuid4()

    query = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from the list above
    seen: list[int] = []
    for tenant in (town.agency if table == "notice" else town.company, nobody, None):
        async with town.database.begin(tenant) as tx:
            seen.append(await tx.session.scalar(query) or 0)

    assert seen[0] > 0
    assert seen[1:] == [0, 0]


async def test_a_company_sees_neither_the_agencys_people_nor_what_they_were_sent(town: Town) -> None:
    request = town.request()
    await town.telling.tell(request, town.accepted(request, by=town.anna))

    async with town.database.begin(town.company) as tx:
        people = set(await tx.session.scalars(text("SELECT id FROM person")))
        sent_to = set(await tx.session.scalars(text("SELECT person_id FROM delivery")))

    assert people == sent_to == {town.anna, town.bo}


async def test_a_tenant_can_not_write_rows_of_others(town: Town, post: Post) -> None:
    await fill(town, post)
    stranger, _ = await stranger_of(town)

    async with town.database.begin(stranger) as tx:
        for statement in (
            "UPDATE delivery SET state = 'due' WHERE true",
            "UPDATE notice SET read_at = now() WHERE true",
            "UPDATE link_request SET state = 'accepted' WHERE true",
            "DELETE FROM member WHERE organisation_id <> tenant()",
            "UPDATE organisation SET name = 'x' WHERE id <> tenant()",
            "UPDATE person SET name = 'x' WHERE id <> tenant()",
        ):
            changed = await tx.session.execute(text(f"{statement} RETURNING 1"))
            assert changed.all() == [], statement
