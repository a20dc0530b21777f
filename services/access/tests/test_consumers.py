from datetime import UTC, datetime
from uuid import uuid4

from fullmakt.events import ClientEnded, GrantsWithdrawn, LinkEnded, PersonChanged

from services.access.tests.kit import Office
from tests.kit import told


async def test_a_link_that_ends_takes_everything_that_hung_on_it_at_once(office: Office) -> None:
    world = office.world
    await office.give("bookkeeping", "payroll")

    await world.end_link(office.link, office.agency, office.company)

    assert await world.decide(office.consultant, office.company) == "link_ended"
    assert await world.rows(office.agency, "SELECT held, revision FROM access_grant") == [(False, 2)]
    assert await world.rows(office.agency, "SELECT held, revision FROM program_grant") == [(False, 2), (False, 2)]
    assert await world.rows(office.agency, "SELECT 1 FROM administration") == []
    assert await world.rows(office.agency, "SELECT state FROM link") == [("ended",)]
    assert [event.link_id for event in await told(world.database, ClientEnded)] == [office.link]


async def test_a_membership_that_ends_takes_the_persons_access_at_all_clients_of_that_agency(office: Office) -> None:
    world = office.world
    await office.give("bookkeeping")
    elsewhere = await Office(world).open()
    await world.member(elsewhere.agency, person=office.consultant)
    elsewhere.consultant = office.consultant
    await elsewhere.give("bookkeeping")

    await world.membership(office.agency, office.consultant, ended=True)

    assert await world.decide(office.consultant, office.company) == "not_a_member"
    assert await world.decide(office.consultant, elsewhere.company) is None
    (withdrawn,) = await told(world.database, GrantsWithdrawn)
    assert withdrawn.person_id == office.consultant
    assert {(item.program, item.held, item.revision) for item in withdrawn.grants} == {
        (None, False, 2),
        ("bookkeeping", False, 2),
    }


async def test_an_administrator_who_leaves_administers_the_client_no_more_even_after_coming_back(
    office: Office,
) -> None:
    world = office.world
    await world.membership(office.agency, office.admin, ended=True)

    await world.member(office.agency, "system_administrator", person=office.admin)

    assert await office.give("payroll") == [(None, "done", None), ("payroll", "refused", "no_right_at_client")]


async def test_who_has_left_and_stays_the_only_administrator_keeps_that_role_at_home_and_nothing_at_clients(
    office: Office,
) -> None:
    world = office.world
    give = {"clients": [office.link], "consultants": [office.admin], "programs": ["bookkeeping"]}
    await world.give(office.agency, office.admin, **give)
    assert await world.decide(office.admin, office.company) is None

    await world.membership(office.agency, office.admin, "system_administrator", leaving=True)
    await world.membership(office.agency, office.admin, "system_administrator", leaving=True)

    assert await world.decide(office.admin, office.company) == "no_access"
    assert await world.rows(office.agency, "SELECT 1 FROM administration") == []
    member = f"SELECT roles FROM member WHERE person_id = '{office.admin}'"  # noqa: S608
    assert await world.rows(office.agency, member) == [(["system_administrator"],)]
    (withdrawn,) = await told(world.database, GrantsWithdrawn)
    assert {(item.program, item.held) for item in withdrawn.grants} == {(None, False), ("bookkeeping", False)}
    again = await world.give(office.agency, office.admin, **give)
    assert {reason for _, _, reason in again} == {"not_a_member"}


async def test_who_comes_back_does_not_get_back_what_was_taken(office: Office) -> None:
    world = office.world
    await office.give("bookkeeping")
    await world.membership(office.agency, office.consultant, ended=True)

    await world.member(office.agency, person=office.consultant)

    assert await world.decide(office.consultant, office.company) == "no_access"
    await office.give("bookkeeping")
    assert await world.rows(office.agency, "SELECT held, revision FROM access_grant") == [(True, 3)]


async def test_the_late_end_of_an_old_membership_leaves_the_new_one_alone(office: Office) -> None:
    world = office.world
    await office.give("bookkeeping")
    old = world.memberships[office.agency, office.consultant]
    await world.member(office.agency, person=office.consultant)
    assert await world.decide(office.consultant, office.company) == "no_access"
    await office.give("bookkeeping")
    new = world.memberships[office.agency, office.consultant]

    world.memberships[office.agency, office.consultant] = old
    await world.membership(office.agency, office.consultant, ended=True)

    assert await world.decide(office.consultant, office.company) is None
    assert await world.rows(
        office.agency,
        f"SELECT membership_id FROM member WHERE person_id = '{office.consultant}'",  # noqa: S608
    ) == [(new,)]


async def test_a_role_that_changes_keeps_what_was_given(office: Office) -> None:
    await office.give("bookkeeping")

    await office.world.membership(office.agency, office.consultant, "program_administrator:client-manager")

    assert await office.world.decide(office.consultant, office.company) is None


async def test_the_end_of_an_unknown_link_waits_for_its_beginning(office: Office) -> None:
    world, link = office.world, uuid4()
    ended = LinkEnded(
        link_id=link,
        agency_id=office.agency,
        company_id=office.company,
        ended_by=uuid4(),
        ended_at=datetime.now(UTC),
    )

    await world.telling.inboxes["clients"].take([world.telling.message(ended, version=2)])

    assert await world.rows(None, f"SELECT reason FROM parked WHERE thing = '{link}'") == [  # noqa: S608
        ("waits for an earlier version",)
    ]


async def test_an_erased_persons_name_is_gone_from_lists_and_from_the_trail(office: Office) -> None:
    world = office.world
    assert len(await world.rows(office.agency, "SELECT 1 FROM audit_name")) == 1

    erased = PersonChanged(
        person_id=office.admin, name=None, email=None, mobile=None, language=None, time_zone=None, erased=True
    )
    await world.telling.tell(erased)

    assert (await office.get("/clients"))["items"][0]["activated_by_name"] is None
    assert await world.rows(office.agency, "SELECT 1 FROM audit_name") == []
    assert len(await world.rows(office.agency, "SELECT 1 FROM audit_entry")) == 1
