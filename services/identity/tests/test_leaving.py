import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from fullmakt.events import MembershipChanged, OrganisationChanged, SessionEnded

from libs.shared.auth import Actor, Caller
from libs.shared.database import Tx
from services.identity.tests.kit import PASSWORD, member, operator, organisation
from services.identity.tests.places import (
    ADMIN,
    ORGANISATIONS,
    accept_again,
    at_program,
    change,
    ended,
    remove,
    rows,
    signed_in,
    waits,
    without_administrator,
)
from services.identity.tests.town import Town
from services.identity.usecases.end_membership import end_membership
from tests.kit import App, eventually, told

AppOf = Callable[[str], Awaitable[App]]
SIGN_IN = "/identity/v1/sign-in"
SUCCESSORS = "/identity/v1/me/successors"


async def places(app: App, person: UUID) -> dict[str, tuple[list[str], bool]]:
    """Where a person belongs, as they see it: the roles there, and whether they are leaving."""
    me = await app.call("GET", "/identity/v1/me", by=person)
    return {place["organisation_id"]: (place["roles"], place["leaving"]) for place in me.json()["memberships"]}


async def succeed(app: App, by: UUID, *named: tuple[UUID, UUID]) -> tuple[int, str | None]:
    """Name successors; the status, and the field that is wrong."""
    body = {"successors": [{"organisation_id": str(place), "person_id": str(person)} for place, person in named]}
    answer = await app.call("POST", SUCCESSORS, by=by, body=body)
    fields = answer.json().get("errors") or [{"field": None}]
    return answer.status_code, fields[0]["field"]


async def test_an_organisation_shows_whether_somebody_of_its_own_administers_it_and_tells_it_when_that_changes(
    app: AppOf,
) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    shown = [await without_administrator(identity, company)]

    anna = await member(identity, by, company, "anna@c.test", ADMIN)
    shown.append(await without_administrator(identity, company))
    bo = await member(identity, by, company, "bo@c.test", ADMIN)
    await remove(identity, company, anna, by=anna)
    shown.append(await without_administrator(identity, company))
    await change(identity, company, bo, by=by)
    shown.append(await without_administrator(identity, company))
    await change(identity, company, bo, ADMIN, by=by)
    await identity.call("DELETE", f"/identity/v1/people/{bo}", by=bo)
    shown.append(await without_administrator(identity, company))

    assert shown == [True, False, False, True, True]
    events = [event.without_administrator for event in await told(identity.database, OrganisationChanged)]
    assert events == [True, False, True, False, True]
    seen = await identity.call("GET", f"{ORGANISATIONS}/{company}", by=by)
    assert seen.json()["without_administrator"] is True


@pytest.mark.parametrize("act", ["change", "remove"])
async def test_an_operator_may_take_away_the_last_administrator(app: AppOf, act: str) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test", ADMIN)
    own = await change(identity, company, anna, by=anna)

    outside = await (change if act == "change" else remove)(identity, company, anna, by=by)

    assert (own.status_code, own.json()["code"]) == (409, "last_administrator")
    assert outside.status_code == 200, outside.text
    assert await without_administrator(identity, company)


async def test_who_lost_the_role_while_waiting_decides_about_nobody_any_more(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    people = [await member(identity, by, company, f"p{n}@c.test", ADMIN) for n in range(3)]

    one, two, _ = people
    answers = await asyncio.gather(change(identity, company, two, by=one), change(identity, company, one, by=two))

    assert sorted(answer.status_code for answer in answers) == [200, 403]


async def test_leaving_ends_the_place_and_the_sessions_held_through_it_and_no_others(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    agency = await organisation(identity, by, "agency")
    company = await organisation(identity, by, number="556016-0680")
    client = uuid4()
    for place in (agency, company):
        await member(identity, by, place, "boss@c.test", ADMIN)
        kim = await member(identity, by, place, "kim@c.test", "program_administrator:payroll")
    sign_in = await signed_in(identity, kim)
    through = await at_program(identity, kim, sign_in, company=client, agency=agency)
    at_agency = await at_program(identity, kim, sign_in, company=agency)
    own = await at_program(identity, kim, sign_in, company=company)

    answer = await remove(identity, agency, kim, by=kim)

    assert (answer.status_code, answer.json()) == (200, {"state": "left"})
    assert await ended(identity, kim) == {sign_in: None, own: None, through: "left", at_agency: "left"}
    assert {event.session_id for event in await told(identity.database, SessionEnded)} == {through, at_agency}
    assert list(await places(identity, kim)) == [str(company)]


async def test_a_client_reached_through_another_agency_is_still_reached_by_who_leaves_it_as_own_user(
    app: AppOf,
) -> None:
    identity = await app("identity")
    by = await operator(identity)
    agency = await organisation(identity, by, "agency")
    company = await organisation(identity, by, number="556016-0680")
    await member(identity, by, agency, "kim@c.test")
    kim = await member(identity, by, company, "kim@c.test")
    sign_in = await signed_in(identity, kim)
    through = await at_program(identity, kim, sign_in, company=company, agency=agency)

    await remove(identity, company, kim, by=kim)

    assert await ended(identity, kim) == {sign_in: None, through: None}


async def test_a_sign_in_ends_with_its_last_place_and_who_is_invited_again_chooses_a_password_anew(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    boss = await member(identity, by, company, "boss@c.test", ADMIN)
    kim = await member(identity, by, company, "kim@c.test")
    session = await signed_in(identity, kim)
    await rows(identity, kim, "INSERT INTO second_factor VALUES (:id, 'sealed', now()) RETURNING 1", id=kim)
    await rows(identity, kim, "INSERT INTO recovery_code VALUES (:id, 'hash') RETURNING 1", id=kim)
    resets = "INSERT INTO password_reset VALUES (:reset, :id, now(), now() + interval '1 h', NULL, 1) RETURNING 1"
    await rows(identity, kim, resets, id=kim, reset=uuid4())
    changes = (
        "INSERT INTO email_change (id, person_id, requested_at, expires_at, state, version)"
        " VALUES (:change, :id, now(), now() + interval '1 h', 'pending', 1) RETURNING 1"
    )
    await rows(identity, kim, changes, id=kim, change=uuid4())

    await remove(identity, company, kim, by=boss)

    assert await ended(identity, kim) == {session: "left"}
    assert await rows(identity, kim, "SELECT password_hash FROM person WHERE id = :id", id=kim) == [(None,)]
    kept = "SELECT (SELECT count(*) FROM second_factor) + (SELECT count(*) FROM recovery_code)"
    assert await rows(identity, kim, kept) == [(0,)]
    assert await rows(identity, kim, "SELECT used_at IS NOT NULL FROM password_reset") == [(True,)]
    assert await rows(identity, kim, "SELECT state FROM email_change") == [("cancelled",)]
    signing_in = {"email": "kim@c.test", "password": PASSWORD}
    assert (await identity.call("POST", SIGN_IN, body=signing_in)).status_code == 401

    chosen = {"password": "an altogether different one"}
    back = await accept_again(identity, company, "kim@c.test", by=boss, body=chosen)
    assert (back.status_code, back.json()["person_id"]) == (200, str(kim))
    assert (await identity.call("POST", SIGN_IN, body=signing_in)).status_code == 401
    assert (await identity.call("POST", SIGN_IN, body=signing_in | chosen)).status_code == 200


async def test_a_sign_in_ends_when_the_last_two_places_end_at_the_same_moment(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    companies = [await organisation(identity, by) for _ in range(2)]
    for company in companies:
        kim = await member(identity, by, company, "kim@c.test")
    session = await signed_in(identity, kim)
    caller = Caller(kind="person", id=by)

    async def end(tx: Tx, company: UUID) -> None:
        actor = Actor(caller=caller, tenant=company, roles=frozenset({"operator"}))
        await end_membership(tx, actor=actor, person_id=kim)

    async def other() -> None:
        async with identity.database.begin(companies[1], actor=caller.actor) as tx:
            await end(tx, companies[1])

    async with identity.database.begin(companies[0], actor=caller.actor) as tx:
        await end(tx, companies[0])
        second = asyncio.create_task(other())
        await eventually(lambda: waits(identity))
    await second

    assert await ended(identity, kim) == {session: "left"}


async def test_who_leaves_as_the_only_administrator_keeps_that_role_alone_until_a_successor_is_named(
    app: AppOf,
) -> None:
    identity = await app("identity")
    by = await operator(identity)
    agency = await organisation(identity, by, "agency")
    anna = await member(identity, by, agency, "anna@a.test", ADMIN, "program_administrator:payroll")
    bo = await member(identity, by, agency, "bo@a.test")
    sign_in = await signed_in(identity, anna)
    through = await at_program(identity, anna, sign_in, company=uuid4(), agency=agency)

    first, again = [await remove(identity, agency, anna, by=anna) for _ in range(2)]

    assert first.json() == again.json() == {"state": "leaving"}
    assert await places(identity, anna) == {str(agency): ([ADMIN], True)}
    shown = await identity.call("GET", f"/identity/v1/organisations/{agency}/members", by=bo)
    assert {each["name"]: each["leaving"] for each in shown.json()["items"]} == {"Anna": True, "Bo": False}
    assert await ended(identity, anna) == {sign_in: None, through: "left"}
    changed = (await told(identity.database, MembershipChanged))[-1]
    assert (changed.person_id, changed.roles, changed.leaving) == (anna, (ADMIN,), True)
    more = await change(identity, agency, anna, ADMIN, "program_administrator:payroll", by=anna)
    assert (more.status_code, more.json()["code"]) == (409, "is_leaving")

    assert (await change(identity, agency, bo, ADMIN, by=anna)).status_code == 200

    assert await places(identity, anna) == {}
    assert await places(identity, bo) == {str(agency): ([ADMIN], False)}
    assert await ended(identity, anna) == {sign_in: "left", through: "left"}
    assert not await without_administrator(identity, agency)


async def test_an_administrator_who_accepts_an_invitation_lets_go_who_is_leaving(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test", ADMIN)
    await remove(identity, company, anna, by=anna)

    bo = await member(identity, anna, company, "bo@c.test", ADMIN)

    assert await places(identity, anna) == {}
    assert await places(identity, bo) == {str(company): ([ADMIN], False)}


async def test_an_operator_ends_the_place_of_who_is_leaving_whole(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company = await organisation(identity, by)
    anna = await member(identity, by, company, "anna@c.test", ADMIN)
    await remove(identity, company, anna, by=anna)

    assert (await change(identity, company, anna, by=by)).status_code == 200

    assert await places(identity, anna) == {}
    assert await without_administrator(identity, company)


async def test_successors_are_named_at_all_places_in_one_call(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    companies = [await organisation(identity, by) for _ in range(3)]
    for company in companies:
        anna = await member(identity, by, company, "anna@c.test", ADMIN)
        bo = await member(identity, by, company, "bo@c.test", "program_administrator:payroll")
    await remove(identity, companies[0], anna, by=anna)
    session = await signed_in(identity, anna)

    assert await succeed(identity, anna, *((company, bo) for company in companies)) == (200, None)

    roles = ["program_administrator:payroll", ADMIN]
    assert await places(identity, bo) == {str(company): (roles, False) for company in companies}
    assert await places(identity, anna) == {}
    assert await ended(identity, anna) == {session: "left"}


async def test_of_successors_one_of_whom_can_not_be_none_is_named_and_the_field_tells_which(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    first, second, others = [await organisation(identity, by) for _ in range(3)]
    for company in (first, second):
        anna = await member(identity, by, company, "anna@c.test", ADMIN)
        bo = await member(identity, by, company, "bo@c.test")
    await member(identity, by, others, "anna@c.test")
    await member(identity, by, others, "bo@c.test")
    await identity.call(
        "POST", f"{ORGANISATIONS}/{second}/invitations", by=by, body={"name": "Guest", "email": "g@c.test"}
    )
    invited = "SELECT person_id FROM membership WHERE state = 'invited'"
    ((guest,),) = await rows(identity, second, invited)
    before = await places(identity, anna)

    for wrong in (uuid4(), anna, guest, by):
        assert await succeed(identity, anna, (first, bo), (second, wrong)) == (400, "successors.1.person_id")
    for wrong in (uuid4(), others):
        assert await succeed(identity, anna, (first, bo), (wrong, bo)) == (400, "successors.1.organisation_id")
    assert await succeed(identity, anna, (first, bo), (first, bo)) == (400, "successors.1.organisation_id")
    assert (await succeed(identity, anna))[0] == 400
    assert (await succeed(identity, anna, *[(uuid4(), bo)] * 101))[0] == 400

    assert await places(identity, anna) == before


async def test_two_who_name_each_other_at_the_same_moment_leave_one_of_them(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    companies = [await organisation(identity, by) for _ in range(4)]
    for company in companies:
        anna = await member(identity, by, company, "anna@c.test", ADMIN)
        bo = await member(identity, by, company, "bo@c.test", ADMIN)

    answers = await asyncio.gather(
        succeed(identity, anna, *((company, bo) for company in companies)),
        succeed(identity, bo, *((company, anna) for company in reversed(companies))),
    )

    assert sorted(status for status, _ in answers) == [200, 400]
    assert [await without_administrator(identity, company) for company in companies] == [False] * 4


def of(company: UUID, *rest: str) -> str:
    """A path of an organisation."""
    return "/".join((ORGANISATIONS, str(company), *rest))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "invitations", {"name": "Cia", "email": "cia@c.test"}),
        ("PATCH", "", {"name": "Another"}),
        ("POST", "number-changes", {"organisation_number": "556016-0680"}),
        ("DELETE", "number-changes", None),
    ],
)
async def test_who_lost_the_role_while_waiting_does_nothing_for_the_organisation_any_more(
    town: Town, method: str, path: str, body: dict[str, str] | None
) -> None:
    identity, by = town.app, town.operator
    company = await organisation(identity, by)
    bo = await member(identity, by, company, "bo@c.test", ADMIN)
    await member(identity, by, company, "anna@c.test", ADMIN)
    where = of(company, path).rstrip("/")
    version = (await identity.call("GET", of(company), by=by)).json()["version"]
    headers = {"If-Match": f'"{version}"'} if method == "PATCH" else {}
    caller = Caller(kind="person", id=by)

    async with identity.database.begin(company, actor=caller.actor) as tx:
        actor = Actor(caller=caller, tenant=company, roles=frozenset({"operator"}))
        await end_membership(tx, actor=actor, person_id=bo)
        late = asyncio.create_task(identity.call(method, where, by=bo, body=body, headers=headers))
        await eventually(lambda: waits(identity))
    answer = await late

    assert (answer.status_code, answer.json()["code"]) == (403, "not_an_administrator")
