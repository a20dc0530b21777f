from typing import Any
from uuid import UUID, uuid4

import pytest
from fullmakt.events import OrganisationChanged, OrganisationRefused
from fullmakt.questions import (
    ADMINISTRATORS,
    ROLES,
    AdministratorsAnswer,
    AdministratorsQuestion,
    RolesAnswer,
    RolesQuestion,
)

from libs.shared.bus import Bus
from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET, member
from services.identity.tests.organisations import ADMINISTRATOR, AppOf, Connect, Office, office_of
from tests.kit import told


@pytest.fixture
async def office(app: AppOf, connect: Connect) -> Office:
    """A company with an administrator."""
    return await office_of(app, connect)


async def waiting(office: Office, path: str = "/identity/v1/verifications") -> list[dict[str, Any]]:
    """What waits to be verified, read page by page."""
    items: list[dict[str, Any]] = []
    while path:
        page = await office.app.call("GET", path, by=office.operator)
        items += page.json()["items"]
        path = page.links.get("next", {}).get("url", "")
    return items


async def test_a_registration_waits_until_an_operator_says_that_it_is_good(office: Office) -> None:
    new = await office.registered(in_verification=True)
    (shown,) = await waiting(office)

    decided = await office.decide("verified", of=new)

    assert (shown["organisation_id"], shown["kind"], shown["organisation_number"]) == (
        str(new),
        "registration",
        "5560427220",
    )
    assert decided.json()["state"] == "verified"
    assert await waiting(office) == []
    states = [e.state for e in await told(office.app.database, OrganisationChanged) if e.organisation_id == new]
    assert states == ["in_verification", "verified"]


async def test_a_refused_registration_is_told_with_its_reason_and_stays_as_it_is(office: Office) -> None:
    new = await office.registered(in_verification=True)
    looked_at = (await office.waiting(new))["id"]

    decided = await office.decide("refused", of=new, reason="not_registered")
    changed = await office.change(office.operator, of=new, name="Bättre AB")
    renumbered = await office.renumber(office.operator, "556009-4178", of=new)
    again = await office.decide("verified", of=new, verification=looked_at)

    assert (decided.json()["state"], decided.json()["version"]) == ("refused", 2)
    (event,) = await told(office.app.database, OrganisationRefused)
    assert (event.organisation_id, event.reason) == (new, "not_registered")
    assert [answer.json()["code"] for answer in (changed, renumbered)] == ["organisation_was_refused"] * 2
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_verify")


async def test_nobody_is_invited_to_a_refused_organisation_nor_joins_it(office: Office) -> None:
    new = await office.registered(in_verification=True)
    invitations = office.path(new, "invitations")
    guest, other = ({"name": name, "email": f"{name}@new.test"} for name in ("guest", "other"))
    invited = (await office.app.call("POST", invitations, by=office.operator, body=guest)).json()
    await office.decide("refused", of=new, reason="other")
    token = write_token(SECRET, "invitation", UUID(invited["id"]), UUID(invited["person_id"]), 1)

    answers = [
        await office.app.call("POST", invitations, by=office.operator, body=other),
        await office.app.call("POST", f"/identity/v1/invitations/{token}/accept", body={"password": PASSWORD}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "organisation_was_refused")] * 2


async def test_a_number_whose_registration_was_refused_is_registered_without_an_explicit_yes(office: Office) -> None:
    new = await office.registered(in_verification=True)
    while_it_waits = await office.register()
    await office.decide("refused", of=new, reason="other")

    again = await office.register()

    assert (while_it_waits.status_code, while_it_waits.json()["code"]) == (409, "already_registered")
    assert again.status_code == 201


async def test_the_vendors_own_check_reads_what_waits_and_decides(office: Office) -> None:
    new = await office.registered(in_verification=True)
    check = office.service("organisations.verify")

    read = await office.app.call("GET", "/identity/v1/verifications", headers=check)
    body = {"verification_id": read.json()["items"][0]["id"], "outcome": "verified"}
    decided = await office.app.call("POST", office.path(new, "verification"), body=body, headers=check)

    assert [item["organisation_id"] for item in read.json()["items"]] == [str(new)]
    assert decided.json()["state"] == "verified"
    assert any('"actor":"service:' in entry and "verify_organisation" in entry for entry in await office.trail(new))


async def test_nobody_but_operators_and_the_vendors_check_verifies(office: Office) -> None:
    new = await office.registered(in_verification=True)
    eve = await member(office.app, office.operator, new, "eve@new.test", ADMINISTRATOR)
    body = {"verification_id": (await office.waiting(new))["id"], "outcome": "verified"}
    other = office.service("organisations.register", "events.read")

    answers = [
        await office.app.call("POST", office.path(new, "verification"), by=eve, body=body),
        await office.app.call("POST", office.path(new, "verification"), by=office.anna, body=body),
        await office.app.call("POST", office.path(new, "verification"), body=body, headers=other),
        await office.app.call("GET", "/identity/v1/verifications", by=eve),
        await office.app.call("GET", "/identity/v1/verifications", headers=other),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 403, 403, 403]
    assert (await office.seen(new))["state"] == "in_verification"


async def test_of_ten_who_decide_at_the_same_moment_one_does(office: Office) -> None:
    new = await office.registered(in_verification=True)
    one = (await office.waiting(new))["id"]

    yes = (office.decide("verified", of=new, verification=one) for _ in range(5))
    no = (office.decide("refused", of=new, reason="other", verification=one) for _ in range(5))
    answers = await office.at_once(*yes, *no)

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 9]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"nothing_to_verify"}
    refused = len(await told(office.app.database, OrganisationRefused))
    assert (await office.seen(new))["state"] == ("refused" if refused else "verified")


async def test_of_ten_who_refuse_a_number_at_the_same_moment_one_does(office: Office) -> None:
    await office.renumber(office.anna, "556009-4178")
    one = (await office.waiting())["id"]

    answers = await office.at_once(*(office.decide("refused", reason="other", verification=one) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 9]
    assert len([entry for entry in await office.trail() if "verify_organisation" in entry]) == 1


async def test_what_was_looked_at_is_decided_and_not_what_was_asked_for_since(office: Office) -> None:
    await office.renumber(office.anna, "556042-7220")
    looked_at = (await office.waiting())["id"]
    await office.app.call("DELETE", office.path(None, "number-changes"), by=office.anna)
    await office.renumber(office.anna, "556009-4178")

    late = await office.decide("verified", verification=looked_at)

    assert (late.status_code, late.json()["code"]) == (409, "nothing_to_verify")
    seen = await office.seen()
    assert (seen["organisation_number"], seen["pending_number_change"]) == ("5560125790", "5560094178")


async def test_nothing_is_decided_by_the_verification_of_another_organisation(office: Office) -> None:
    new = await office.registered(in_verification=True)
    await office.renumber(office.anna, "556009-4178")

    anothers = await office.decide("verified", verification=(await office.waiting(new))["id"])
    unknown = await office.decide("verified", verification=str(uuid4()))

    assert [(each.status_code, each.json()["code"]) for each in (anothers, unknown)] == [(404, "not_found")] * 2
    assert len(await waiting(office)) == 2


async def test_a_reason_is_given_where_it_was_refused_and_only_there(office: Office) -> None:
    new = await office.registered(in_verification=True)

    answers = [await office.decide("refused", of=new), await office.decide("verified", of=new, reason="other")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert {answer.json()["errors"][0]["field"] for answer in answers} == {"reason"}


async def test_what_waits_is_paged_the_longest_waiting_first_each_once(office: Office) -> None:
    new = [await office.registered(in_verification=True, second_subscription=True) for _ in range(5)]
    await office.renumber(office.anna, "556009-4178")

    read = await waiting(office, "/identity/v1/verifications?limit=2")

    assert [item["organisation_id"] for item in read] == [*map(str, new), str(office.company)]
    assert [item["kind"] for item in read] == [*["registration"] * 5, "number"]


async def answers_about(clients: Bus, organisation: UUID, person: UUID) -> tuple[RolesAnswer, AdministratorsAnswer]:
    """What identity says live about a person and about the administrators of an organisation."""
    roles = RolesQuestion(organisation_id=organisation, person_id=person)
    administrators = AdministratorsQuestion(organisation_id=organisation)
    return (
        await clients.ask("identity", ROLES, roles, RolesAnswer),
        await clients.ask("identity", ADMINISTRATORS, administrators, AdministratorsAnswer),
    )


async def test_nobody_holds_anything_live_at_an_organisation_that_is_not_verified(
    office: Office, connect: Connect
) -> None:
    clients = await connect("clients")
    new = await office.registered(in_verification=True)
    eve = await member(office.app, office.operator, new, "eve@new.test", ADMINISTRATOR)

    before = await answers_about(clients, new, eve)
    await office.decide("verified", of=new)
    after = await answers_about(clients, new, eve)

    assert before == (RolesAnswer(member=False, roles=()), AdministratorsAnswer(person_ids=()))
    assert after == (RolesAnswer(member=True, roles=(ADMINISTRATOR,)), AdministratorsAnswer(person_ids=(eve,)))
