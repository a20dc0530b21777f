"""What client users are told when they are invited (I10)."""

from typing import Any
from uuid import UUID, uuid4

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
    await town.telling.tell(
        MembershipChanged(
            membership_id=uuid4(),
            organisation_id=town.company,
            organisation_kind="company",
            person_id=person,
            state="invited",
            roles=(),
        ),
        invitation(town, person, apps=(), inviting_agency_id=None, by_service=True, invited_by=uuid4()),
    )

    async with post.sending():
        assert await eventually(post.settled) == {"sent": 1, "lapsed": 1}

    (mail,) = post.to(town.emails[person])
    assert mail.headers["Subject"]
    assert "None" not in mail.text
