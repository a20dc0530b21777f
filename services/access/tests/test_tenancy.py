from uuid import uuid4

import pytest

from services.access.tests.kit import ADMIN, Office, World, base

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
READS = (
    "/programs",
    "/activation-list",
    "/clients",
    "/clients/{link}/access",
    "/clients/{link}/my-programs",
    "/jobs/{job}",
    "/jobs/{job}/items",
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


@pytest.mark.parametrize("path", READS)
async def test_a_strangers_organisation_is_not_found(office: Office, stranger: Office, path: str) -> None:
    job = await with_a_job(office)
    path = path.format(link=office.link, job=job)

    answer = await office.app.call("GET", f"{base(office.agency)}{path}", by=stranger.admin)

    assert answer.status_code == 404


@pytest.mark.parametrize("path", [path for path in READS if "{" in path])
async def test_a_strangers_thing_is_not_found_under_the_own_organisation(
    office: Office, stranger: Office, path: str
) -> None:
    job = await with_a_job(office)
    path = path.format(link=office.link, job=job)

    answer = await office.app.call("GET", f"{base(stranger.agency)}{path}", by=stranger.admin)

    assert answer.status_code == 404


async def test_a_strangers_client_is_not_activated(office: Office, stranger: Office) -> None:
    link = await office.world.link(office.agency, await office.world.organisation("company"))

    for agency in (office.agency, stranger.agency):
        path = f"{base(agency)}/clients/{link}/activate"
        answer = await office.app.call("POST", path, by=stranger.admin, body={})
        assert answer.status_code == 404


async def test_a_job_is_not_started_for_a_strangers_agency(office: Office, stranger: Office) -> None:
    body = {"clients": [str(office.link)], "consultants": [str(stranger.consultant)]}
    answer = await office.app.call("POST", f"{base(office.agency)}/jobs", by=stranger.admin, body=body)

    assert answer.status_code == 404


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
