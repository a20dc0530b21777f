import asyncio
from uuid import uuid4

import pytest
from fullmakt.events import ClientActivated, ClientEligible
from fullmakt.terms import Terms

from services.access.tests.kit import ADMIN, Office, World, accepted, base
from tests.kit import told


async def test_an_accepted_link_makes_the_client_eligible_once_however_often_it_is_told(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    event = accepted(agency, company)

    for _ in range(3):
        await world.telling.inboxes["clients"].take([world.telling.message(event, version=1)])

    assert [told.link_id for told in await told(world.database, ClientEligible)] == [event.link_id]


async def test_an_admin_activates_and_administers_the_client_from_then_on(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    admin = await world.member(agency, "program_administrator:client-manager")
    link = await world.link(agency, company)

    answer = await world.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=admin, body={})

    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "active"
    (event,) = await told(world.database, ClientActivated)
    assert (event.administrators, event.roles) == ((admin,), (ADMIN,))
    rows = await world.rows(agency, "SELECT convert_from(body, 'UTF8')::json AS e FROM audit_entry")
    assert [(row.e["action"], row.e["actor"]) for row in rows] == [("activate_client", f"person:{admin}")]


async def test_whom_the_activator_names_administers_the_client(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    admin, deputy = await world.member(agency, ADMIN), await world.member(agency)
    link = await world.link(agency, company)

    body = {"administrators": [str(deputy)]}
    await world.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=admin, body=body)

    assert await world.rows(agency, "SELECT person_id FROM administration") == [(deputy,)]


@pytest.mark.parametrize(
    ("terms", "roles"),
    [
        (Terms(programs=("payroll", "receipts")), [ADMIN]),
        (
            Terms(programs=("payroll", "receipts"), administer_users=False),
            ["program_administrator:payroll", "program_administrator:receipts"],
        ),
        (
            Terms(administer_users=False),
            [
                f"program_administrator:{program}"
                for program in ("annual-accounts", "bookkeeping", "invoicing", "payroll", "receipts")
            ],
        ),
    ],
)
async def test_the_terms_say_what_activation_gives(world: World, terms: Terms, roles: list[str]) -> None:
    office = await Office(world).open(terms)

    assert await world.rows(office.agency, "SELECT roles FROM administration") == [(roles,)]


async def test_only_admins_of_the_agency_activate(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    plain = await world.member(agency, "program_administrator:payroll")
    owner = await world.member(company, ADMIN)
    link = await world.link(agency, company)

    refused = await world.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=plain, body={})
    by_company = await world.app.call("POST", f"{base(company)}/clients/{link}/activate", by=owner, body={})

    assert (refused.status_code, refused.json()["code"]) == (403, "not_an_agency_admin")
    assert by_company.status_code == 403


async def test_an_active_client_is_not_activated_again(office: Office) -> None:
    path = f"{base(office.agency)}/clients/{office.link}/activate"
    answer = await office.app.call("POST", path, by=office.admin, body={})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_active")


async def test_an_ended_link_is_not_activated(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    admin = await world.member(agency, ADMIN)
    link = await world.link(agency, company)
    await world.end_link(link, agency, company)

    answer = await world.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=admin, body={})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_eligible")


async def test_somebody_who_is_no_member_can_not_be_named_administrator(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    admin, stranger = await world.member(agency, ADMIN), uuid4()
    link = await world.link(agency, company)

    body = {"administrators": [str(stranger)]}
    answer = await world.app.call("POST", f"{base(agency)}/clients/{link}/activate", by=admin, body=body)

    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "administrators", "message": f"{stranger} is no member of the agency."}
    ]
    assert (await world.rows(agency, "SELECT state FROM client")) == [("eligible",)]


async def test_of_two_admins_at_the_same_moment_one_activates(world: World) -> None:
    agency, company = await world.organisation("agency"), await world.organisation("company")
    admins = [await world.member(agency, ADMIN) for _ in range(4)]
    link = await world.link(agency, company)
    path = f"{base(agency)}/clients/{link}/activate"

    answers = await asyncio.gather(*(world.app.call("POST", path, by=admin, body={}) for admin in admins))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await told(world.database, ClientActivated)) == 1
    assert len(await world.rows(agency, "SELECT 1 FROM administration")) == 1
