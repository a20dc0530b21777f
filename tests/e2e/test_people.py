"""People as another team's test sees them: invited as client users, signed in, signed out, locked out by nobody."""

from collections.abc import Callable, Iterable
from uuid import UUID

import pytest
from fullmakt.client import AccessToken, Credentials, Fullmakt, SignIn
from fullmakt.client.errors import UnauthenticatedError, WrongSignIn
from fullmakt.client.models import identity
from fullmakt.events import MembershipChanged, SessionEnded
from fullmakt.testing import Link, Sandbox
from fullmakt.testing.sandbox import token_in
from fullmakt.testing.waiting import until

PASSWORD = "grön kajak över fjorden"


def calls(fullmakt: Sandbox, credentials: Credentials | None = None) -> Fullmakt:
    """The API as somebody, or as nobody yet."""
    return Fullmakt(fullmakt.urls, credentials, http=fullmakt.system.http)


def invited(link: Link, email: str) -> identity.ClientUserView:
    """What becomes of inviting somebody at the client, asked for by who activated it."""
    row = identity.NewClientUser(company_id=link.company.id, name="Nina Ny", email=email, mobile="+46701740605")
    body = identity.InviteClientUsers(mode="new", rows=[row])
    return link.agency.admin.api.identity.invite_client_users(link.agency.id, body).rows[0]


async def test_a_client_user_is_invited_told_chooses_a_password_and_signs_in(fullmakt: Sandbox) -> None:
    link = await fullmakt.link(active=True)
    email = f"nina@{fullmakt.mark}.example"
    had_users = invited(link, email)
    await link.company.administrator.erase()

    async def lists_the_client() -> bool:
        asked = link.agency.admin.api.identity.list_client_user_candidates(link.agency.id, mode="new")
        return link.company.id in [each.company_id for each in asked]

    await until(lists_the_client, "the client is a candidate")
    row = invited(link, email)
    mail = await fullmakt.mails.expect(to=email, containing=link.agency.name)
    sms = await fullmakt.texts.expect(to="+46701740605")
    token = token_in(mail.links, "/invitations/")
    calls(fullmakt).identity.accept_invitation(token, identity.AcceptInvitation(password=PASSWORD))

    assert (had_users.outcome, had_users.code) == ("refused", "has_own_users")
    assert row.outcome == "invited"
    assert link.company.name in sms.text
    for login in (email, str(row.username)):
        me = calls(fullmakt, SignIn(login, PASSWORD)).identity.get_me()
        assert (me.email, [place.organisation_id for place in me.memberships]) == (email, [link.company.id])
    joined = await fullmakt.events.expect(
        MembershipChanged, where=lambda e: e.person_id == row.person_id and e.state == "active"
    )
    assert (joined.roles, joined.apps) == ((), ("receipts",))


async def test_a_forgotten_password_is_put_right_by_mail_and_ends_what_was_open(fullmakt: Sandbox) -> None:
    person = (await fullmakt.company()).administrator
    before = person.api.identity.get_me()
    anybody = calls(fullmakt)

    anybody.identity.request_password_reset(identity.RequestPasswordReset(email=person.email))
    mail = await fullmakt.mails.expect(to=person, containing="/reset/")
    token = token_in(mail.links, "/reset/")
    anybody.identity.reset_password(token, identity.ResetPassword(password=PASSWORD))

    ended = await fullmakt.events.expect(SessionEnded, where=lambda e: e.person_id == person.id)
    assert ended.reason == "password_changed"
    after = calls(fullmakt, SignIn(person.email, PASSWORD)).identity.get_me()
    assert after.person_id == before.person_id
    with pytest.raises(WrongSignIn):
        calls(fullmakt, SignIn(person.email, person.password)).identity.get_me()


def test_whatever_can_be_read_can_be_asked_for_without_its_body(fullmakt: Sandbox) -> None:
    for address in (f"{fullmakt.urls['identity']}/.well-known/jwks.json", f"{fullmakt.urls['portal']}/reset"):
        read, asked = fullmakt.system.http.get(address), fullmakt.system.http.head(address)

        assert (asked.status_code, asked.content) == (200, b"")
        assert asked.headers["content-type"] == read.headers["content-type"]


async def test_who_signs_out_is_signed_out_everywhere(fullmakt: Sandbox) -> None:
    person = (await fullmakt.agency()).consultant
    signed = calls(fullmakt).identity.sign_in(identity.SignIn(email=person.email, password=person.password))
    theirs = calls(fullmakt, AccessToken(signed.access_token))
    home = person.organisation.id
    services = (theirs.identity.list_members, theirs.notify.list_notices, theirs.access.list_clients)
    known = [list(read(home)) for read in services]

    theirs.identity.sign_out()

    async def are_closed() -> bool:
        return all(is_refused(read, home) for read in services)

    await until(are_closed, "every service refuses the token", within=1)
    assert len(known) == 3


def is_refused(read: Callable[[UUID], Iterable[object]], home: UUID) -> bool:
    """Whether the token is good for nothing any more."""
    try:
        list(read(home))
    except UnauthenticatedError:
        return True
    return False
