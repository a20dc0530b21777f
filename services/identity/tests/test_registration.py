from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from fullmakt.events import InvitationSent
from sqlalchemy import text

from services.identity.tests.organisations import ADMINISTRATOR, AppOf, Connect, Office, office_of
from services.identity.usecases import register_organisation
from tests.kit import told

GUEST = {"name": "Eva First", "email": "eva@new.test", "roles": [ADMINISTRATOR]}


@pytest.fixture
async def office(app: AppOf, connect: Connect) -> Office:
    """A company with an administrator."""
    return await office_of(app, connect)


async def test_the_vendors_service_account_registers_and_invites_the_first_administrators(office: Office) -> None:
    registrar = office.service("organisations.register")

    answer = await office.register(headers=registrar)
    new = UUID(answer.json()["id"])
    path = office.path(new, "invitations")
    first = await office.app.call("POST", path, body=GUEST, headers=registrar)
    second = await office.app.call("POST", path, body=GUEST | {"email": "bo@new.test"}, headers=registrar)

    assert (answer.status_code, answer.json()["without_administrator"]) == (201, True)
    assert (first.status_code, second.status_code) == (201, 201)
    sent = [event for event in await told(office.app.database, InvitationSent) if event.organisation_id == new]
    assert [event.by_service for event in sent] == [True, True]
    assert any('"actor":"service:' in entry and "invite_member" in entry for entry in await office.trail(new))


async def test_a_service_account_invites_nobody_once_there_is_an_own_administrator(office: Office) -> None:
    registrar = office.service("organisations.register")
    async with office.app.database.begin(office.company) as tx:
        await tx.session.execute(text("UPDATE organisation SET without_administrator = false"))

    answer = await office.app.call("POST", office.path(None, "invitations"), body=GUEST, headers=registrar)

    assert (answer.status_code, answer.json()["code"]) == (409, "has_administrator")


async def test_a_service_account_invites_administrators_alone_and_does_nothing_else_there(office: Office) -> None:
    registrar = office.service("organisations.register")
    new = await office.registered()
    plain = GUEST | {"roles": []}

    invited = await office.app.call("POST", office.path(new, "invitations"), body=plain, headers=registrar)
    others = [
        await office.app.call("GET", office.path(new), headers=registrar),
        await office.app.call("GET", office.path(new, "members"), headers=registrar),
        await office.app.call("PATCH", office.path(new), body={"name": "X"}, headers=registrar | {"If-Match": "*"}),
    ]

    assert (invited.status_code, invited.json()["errors"][0]["field"]) == (400, "roles")
    assert [answer.status_code for answer in others] == [404, 404, 404]


async def test_a_service_account_without_the_scope_neither_registers_nor_invites(office: Office) -> None:
    other = office.service("organisations.verify", "events.read", "access.decide")

    registered = await office.register(headers=other)
    invited = await office.app.call("POST", office.path(None, "invitations"), body=GUEST, headers=other)
    nowhere = await office.app.call(
        "POST", office.path(uuid4(), "invitations"), body=GUEST, headers=office.service("organisations.register")
    )

    assert [answer.status_code for answer in (registered, invited, nowhere)] == [403, 403, 404]


async def test_of_ten_who_register_the_same_number_at_once_one_needs_no_explicit_yes(office: Office) -> None:
    answers = await office.at_once(*(office.register() for _ in range(10)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, *[409] * 9], codes


async def test_a_subscription_number_that_somebody_has_already_is_made_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = office.company
    ids: Iterator[UUID] = iter([UUID(int=taken.int + 1), uuid4()])
    monkeypatch.setattr(register_organisation, "uuid4", lambda: next(ids))

    answer = await office.register()

    assert answer.status_code == 201, answer.text
    assert answer.json()["subscription_number"] != (await office.seen())["subscription_number"]
