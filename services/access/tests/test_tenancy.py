from uuid import uuid4

import pytest

from services.access.tests.kit import ADMIN, Office, World
from tests.kit import answers_to, of_a_thing, other_than_404, outside_organisations

TABLES = (
    "organisation",
    "person",
    "member",
    "link",
    "client",
    "administration",
    "access_grant",
    "program_grant",
    "withdrawal",
    "job",
    "job_item",
    "audit_entry",
    "audit_name",
)


@pytest.fixture
async def stranger(world: World) -> Office:
    """Another agency, whose admin tries."""
    return await Office(world).open()


async def with_a_job(office: Office) -> str:
    """The office with grants given by a job."""
    world = office.world
    job = await world.start(
        office.agency, office.admin, clients=[office.link], consultants=[office.consultant], programs=["payroll"]
    )
    await world.run()
    leaver = await world.member(office.agency)
    await world.give(office.agency, office.admin, clients=[office.link], consultants=[leaver], programs=[])
    await world.membership(office.agency, leaver, ended=True)
    return str(job)


async def test_another_tenants_ids_are_not_found_on_any_route(office: Office, stranger: Office) -> None:
    things = {"job_id": await with_a_job(office), "link_id": office.link}
    bodies = {"jobs": {"clients": [str(office.link)], "consultants": [str(stranger.consultant)]}, "activate": {}}
    company_admin = await office.world.member(stranger.company, ADMIN)
    strangers = [
        (stranger.agency, stranger.admin),
        (stranger.agency, stranger.consultant),
        (stranger.company, company_admin),
    ]

    for home, person in strangers:
        for foreign in (office.agency, office.company):
            seen = await answers_to(office.app, person, home=foreign, things=things, bodies=bodies)
            assert other_than_404(seen) == {}
        seen = await answers_to(office.app, person, home=home, things=things, bodies=bodies)
        assert other_than_404(of_a_thing(seen)) == {}

    own = await answers_to(office.app, office.admin, home=office.agency, things=things, bodies=bodies)
    assert other_than_404(own) == own


async def test_every_route_is_below_an_organisation_or_known_not_to_be(office: Office) -> None:
    assert outside_organisations(office.app) == {
        "POST /access/v1/evaluation",
        "POST /access/v1/evaluations",
        "GET /access/v1/feed",
        "GET /access/v1/snapshot",
        "PUT /access/v1/sandbox/clock",
    }


@pytest.mark.parametrize("table", TABLES)
async def test_without_the_applications_filter_the_database_still_shows_no_row(
    office: Office, stranger: Office, table: str
) -> None:
    world = office.world
    await with_a_job(office)
    query = f"SELECT 1 FROM {table}"  # noqa: S608
    alone = await world.organisation("company")

    assert await world.rows(office.agency, query) != []
    assert await world.rows(None, query) == []
    assert await world.rows(uuid4(), query) == []
    own = 1 if table == "organisation" else 0
    assert len(await world.rows(alone, query)) == own
    if table not in ("withdrawal", "job", "job_item"):
        mine = await world.rows(stranger.agency, f"SELECT md5({table}::text) FROM {table}")  # noqa: S608
        theirs = await world.rows(office.agency, f"SELECT md5({table}::text) FROM {table}")  # noqa: S608
        assert not set(mine) & set(theirs)


@pytest.mark.parametrize("table", ["client", "administration", "access_grant", "program_grant", "link"])
async def test_rows_of_two_tenants_are_seen_by_both_and_written_by_the_agency_alone(office: Office, table: str) -> None:
    world = office.world
    await with_a_job(office)

    seen = await world.rows(office.company, f"SELECT 1 FROM {table}")  # noqa: S608

    assert seen != []
    with pytest.raises(Exception, match="row-level security"):
        await world.rows(office.company, f"UPDATE {table} SET agency_id = agency_id RETURNING 1")  # noqa: S608


async def test_a_company_sees_the_names_of_those_who_reach_it_and_of_nobody_else_at_the_agency(office: Office) -> None:
    await with_a_job(office)
    await office.world.member(office.agency, ADMIN, name="Unseen")

    names = await office.world.rows(office.company, "SELECT name FROM person ORDER BY name")

    assert names == [("Ada Admin",), ("Kim Consultant",)]
