"""What client users are told when they are invited (I10)."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from fullmakt.events import InvitationSent, MembershipChanged, PersonChanged

from libs.shared.mail_tokens import is_genuine, read_token
from services.notify.tests.kit import SECRET, Post, Town, all_rows
from tests.kit import eventually

APP = "https://fullmakt.example/app"


def invitation(town: Town, person: UUID, **other: Any) -> InvitationSent:
    """The agency's admin invites somebody to the company's receipts app."""
    fields: dict[str, Any] = {
        "invitation_id": uuid4(),
        "organisation_id": town.company,
        "organisation_kind": "company",
        "person_id": person,
        "invited_by": town.admin,
        "generation": 1,
        "apps": ("receipts",),
        "inviting_agency_id": town.agency,
    }
    return InvitationSent(**fields | other)


def place(town: Town, person: UUID, **other: Any) -> MembershipChanged:
    """The place at the company that somebody is invited to."""
    fields: dict[str, Any] = {
        "membership_id": uuid4(),
        "organisation_id": town.company,
        "organisation_kind": "company",
        "person_id": person,
        "state": "invited",
        "roles": (),
    }
    return MembershipChanged(**fields | other)


def plain(town: Town, invited: MembershipChanged, **other: Any) -> InvitationSent:
    """An administrator of the company invites somebody to be a member."""
    fields: dict[str, Any] = {
        "apps": (),
        "inviting_agency_id": None,
        "invited_by": town.anna,
        "membership_id": invited.membership_id,
    }
    return invitation(town, invited.person_id, **fields | other)


async def reasons(town: Town) -> set[tuple[str, str, str | None]]:
    """What became of each delivery."""
    return {(row["channel"], row["state"], row["reason"]) for row in await all_rows(town.database, "delivery")}


async def test_a_new_client_user_is_mailed_the_link_to_accept_and_gets_an_sms(town: Town, post: Post) -> None:
    kalle = await town.person("Kalle Kund", mobile="+46701740605")
    event = invitation(town, kalle)
    await town.telling.tell(event)

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2}

    (mail,) = post.to(town.emails[kalle])
    (sms,) = post.to("+46701740605")
    (link,) = {each for each in mail.links if "/invitations/" in each}
    token = read_token(link.rpartition("/")[2])
    assert token is not None
    assert is_genuine(token, SECRET, "invitation", 1)
    assert (token.thing, token.recipient) == (event.invitation_id, kalle)
    for told in ("Ada Admin", "Önskebyrån AB", "Kvarnen & Söner AB", APP, town.emails[kalle]):
        assert told in mail.text
    for told in ("Ada Admin", "Önskebyrån AB", APP):
        assert told in sms.text
    assert link not in sms.text


async def test_who_has_joined_already_is_told_of_the_app_by_mail_alone(town: Town, post: Post) -> None:
    await town.telling.tell(town.changed(town.anna, "Anna Åkesson", mobile="+46701740605"))
    await town.telling.tell(invitation(town, town.anna, accepted=True))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1}

    (mail,) = post.to(town.emails[town.anna])
    assert mail.links == [APP]
    assert "Önskebyrån AB" in mail.text
    assert post.to("+46701740605") == []


async def test_an_agency_that_is_not_heard_of_yet_is_waited_for(town: Town, post: Post) -> None:
    unheard = uuid4()
    await town.telling.tell(invitation(town, town.anna, inviting_agency_id=unheard))

    async with post.sending():

        async def waits() -> bool:
            rows = await all_rows(town.database, "delivery")
            return any(row["channel"] == "mail" and row["reason"] == "not_yet_known" for row in rows)

        await eventually(waits)
    assert post.to(town.emails[town.anna]) == []


async def test_both_wait_for_the_details_that_the_person_was_invited_by(town: Town, post: Post) -> None:
    kalle = await town.person("Kalle Knud", mobile="+46701740605")
    heard = town.telling.versions[PersonChanged.stream, kalle]
    await town.telling.tell(invitation(town, kalle, person_version=heard + 1))

    async with post.sending():

        async def wait() -> bool:
            rows = await all_rows(town.database, "delivery")
            return [row["reason"] for row in rows] == ["not_yet_known"] * 2

        await eventually(wait)
        await town.telling.tell(town.changed(kalle, "Kalle Kund", mobile="+46701740606"))
        assert await eventually(post.settled) == {"sent": 2}

    (mail,) = post.to(town.emails[kalle])
    assert "Kalle Kund" in mail.text
    assert post.to("+46701740605") == []
    assert len(post.to("+46701740606")) == 1


async def test_an_invitation_by_a_service_account_names_nobody_and_waits_for_nobody(town: Town, post: Post) -> None:
    person = await town.person("Ny Anställd")
    invited = place(town, person)
    await town.telling.tell(invited, plain(town, invited, by_service=True, invited_by=uuid4()))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1, "lapsed": 1}

    (mail,) = post.to(town.emails[person])
    assert mail.headers["Subject"]
    assert "None" not in mail.text


@pytest.mark.parametrize("state", ["ended", "active"])
@pytest.mark.parametrize("asked_by", ["company", "agency"])
async def test_an_invitation_that_was_withdrawn_or_accepted_meanwhile_is_sent_no_more(
    town: Town, post: Post, asked_by: str, state: str
) -> None:
    person = await town.person("Ny Anställd", mobile="+46701740605")
    invited = place(town, person)
    by_agency = {"apps": ("receipts",), "inviting_agency_id": town.agency, "invited_by": town.admin}
    sent = plain(town, invited, **by_agency if asked_by == "agency" else {})
    await town.telling.tell(invited, sent, msgspec.structs.replace(invited, state=state))

    async with post.sending():
        await eventually(post.settled)

    assert await reasons(town) == {("mail", "lapsed", "not_invited"), ("sms", "lapsed", "not_invited")}


async def test_an_invitation_sent_again_is_mailed_once_with_the_link_that_is_good(town: Town, post: Post) -> None:
    person = await town.person("Ny Anställd", mobile="+46701740605")
    invited = place(town, person)
    sent = plain(town, invited)
    await town.telling.tell(invited, sent, msgspec.structs.replace(sent, generation=2))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 2, "lapsed": 2}

    (mail,) = post.to(town.emails[person])
    token = read_token(mail.links[0].rpartition("/")[2])
    assert token is not None
    assert is_genuine(token, SECRET, "invitation", 2)
    assert len(post.to("+46701740605")) == 1
    assert ("mail", "lapsed", "sent_again") in await reasons(town)


async def test_an_invitation_that_was_given_up_is_not_tried_again_once_it_is_withdrawn(town: Town, post: Post) -> None:
    person = await town.person("Ny Anställd")
    invited = place(town, person)
    await town.telling.tell(invited, plain(town, invited))
    post.faults.smtp = "refuse"

    async with post.sending():
        await eventually(post.settled)
        post.faults.smtp = None
        await town.telling.tell(msgspec.structs.replace(invited, state="ended"))
        listed = await town.app.call("GET", town.path(town.company, "deliveries"), by=town.anna)
        (item,) = listed.json()["items"]
        answer = await town.app.call("POST", town.path(town.company, "deliveries", item["id"], "retry"), by=town.anna)
        assert answer.status_code == 200, answer.text
        assert await eventually(post.settled) == {"lapsed": 2}

    assert post.to(town.emails[person]) == []


async def test_who_is_invited_anew_gets_the_new_invitation_alone(town: Town, post: Post) -> None:
    person = await town.person("Ny Anställd")
    first, second = place(town, person), place(town, person)
    invitations = [plain(town, each) for each in (first, second)]
    gone = msgspec.structs.replace(first, state="ended")
    await town.telling.tell(first, invitations[0], gone, second, invitations[1])

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1, "lapsed": 3}

    (mail,) = post.to(town.emails[person])
    token = read_token(mail.links[0].rpartition("/")[2])
    assert token is not None
    assert token.thing == invitations[1].invitation_id


async def test_the_place_that_an_invitation_is_to_is_waited_for(town: Town, post: Post) -> None:
    person = await town.person("Ny Anställd", mobile="+46701740605")
    invited = place(town, person)
    await town.telling.tell(plain(town, invited))

    async with post.sending():

        async def both_wait() -> bool:
            told = {("mail", "due", "not_yet_known"), ("sms", "due", "not_yet_known")}
            return await reasons(town) == told

        await eventually(both_wait)
        await town.telling.tell(invited)
        assert await eventually(post.settled) == {"sent": 2}


async def test_a_member_is_told_of_the_app_unless_they_left_meanwhile(town: Town, post: Post) -> None:
    stays = await town.person("Stina Stannar")
    leaves = await town.person("Lars Lämnar")
    places = [place(town, each, state="active") for each in (stays, leaves)]
    invitations = [invitation(town, each.person_id, accepted=True, membership_id=each.membership_id) for each in places]
    await town.telling.tell(*places, *invitations, msgspec.structs.replace(places[1], state="ended"))

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1, "lapsed": 1}

    assert (len(post.to(town.emails[stays])), len(post.to(town.emails[leaves]))) == (1, 0)
