"""What the portal asks of identity."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.portal.calls import Done, Service


class Token(msgspec.Struct, frozen=True):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    expires_in: int


class SignedIn(Token, frozen=True):
    """A session that has just begun, and what tells this device from others when it signs in again."""

    session_token: str
    device_token: str


class Place(msgspec.Struct, frozen=True):
    """An organisation that the person belongs to, and the roles held there."""

    organisation_id: UUID
    roles: frozenset[str]
    username: str | None = None


class Me(msgspec.Struct, frozen=True):
    """Who is signed in."""

    person_id: UUID
    name: str | None
    email: str | None
    time_zone: str | None
    memberships: tuple[Place, ...]
    pending_email: str | None = None
    """Wanted, and not confirmed at both addresses yet."""
    second_factor: bool = False

    def holds(self, role: str, organisation_id: UUID) -> bool:
        """Whether this person has a role at an organisation of their own."""
        return any(place.organisation_id == organisation_id and role in place.roles for place in self.memberships)


class OpenSession(msgspec.Struct, frozen=True):
    """Somewhere the person is signed in."""

    session_id: UUID
    current: bool
    used_at: datetime
    user_agent: str | None = None
    address: str | None = None
    program: str | None = None
    """None: here, at the portal."""


class OpenSessions(msgspec.Struct, frozen=True):
    """Everywhere the person is signed in."""

    items: tuple[OpenSession, ...]


class PasswordSet(msgspec.Struct, frozen=True):
    """A new password holds; the device that it was set on is a known one from now on."""

    device_token: str


class NewFactor(msgspec.Struct, frozen=True):
    """A second factor that is not in use before a code of it was shown."""

    secret: str
    uri: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes that stand in for a lost second factor, once each; told this once."""

    recovery_codes: tuple[str, ...]


class Confirmed(msgspec.Struct, frozen=True):
    """How far a changed e-mail address has come: `waiting` for the `missing` address, `old` or `new`, or `done`."""

    state: str
    missing: str | None = None


class Authorization(msgspec.Struct, frozen=True):
    """What a program asks for (OpenID Connect Core 1.0, 3.1.2.1)."""

    program_name: str
    prompt: str | None = None
    login_hint: str | None = None


class Redirection(msgspec.Struct, frozen=True):
    """Where the program wants the browser."""

    redirect_to: str


class Identity(Service):
    """People's sign-ins and sessions; whatever takes `by` is theirs who bear that access token."""

    async def sign_in(self, *, email: str, password: str, device_token: str | None) -> SignedIn:
        """A session of whoever knows the password; refused with a challenge, if they have a second factor."""
        body = {"email": email, "password": password} | ({"device_token": device_token} if device_token else {})
        return await self.call("POST", "/v1/sign-in", SignedIn, body=body)

    async def second_factor(self, *, challenge: str, code: str, device_token: str | None) -> SignedIn:
        """A session of whoever knows the password and a code."""
        body = {"challenge": challenge, "code": code} | ({"device_token": device_token} if device_token else {})
        return await self.call("POST", "/v1/sign-in/second-factor", SignedIn, body=body)

    async def token(self, session_token: str) -> Token:
        """An access token of a session."""
        return await self.call("POST", "/v1/sessions/token", Token, body={"session_token": session_token})

    async def sign_out(self, *, by: str) -> None:
        """End the session of the access token."""
        await self.call("POST", "/v1/sign-out", Done, by=by)

    async def accept_invitation(self, token: str, *, password: str | None, by: str | None) -> None:
        """Accept an invitation: with a new password, or as the person who is signed in."""
        body = {"password": password} if password else {}
        await self.call("POST", f"/v1/invitations/{token}/accept", Done, body=body, by=by)

    async def ask_for_reset(self, email: str) -> None:
        """Have a link mailed to whoever signs in with this address, if anybody does."""
        await self.call("POST", "/v1/password-resets", Done, body={"email": email})

    async def reset_password(self, token: str, password: str) -> PasswordSet:
        """Set a new password by a mailed link, and end all sessions."""
        return await self.call("POST", f"/v1/password-resets/{token}", PasswordSet, body={"password": password})

    async def confirm_email(self, token: str, *, by: str | None) -> Confirmed:
        """Confirm a changed address by a link mailed to one of the two; then all sessions end but that of `by`."""
        return await self.call("POST", f"/v1/email-changes/{token}/confirm", Confirmed, by=by)

    async def read_authorization(self, asked: str) -> Authorization:
        """What a program asks for."""
        return await self.call("POST", "/v1/authorizations/read", Authorization, body={"request": asked})

    async def authorize(self, asked: str, *, by: str) -> Redirection:
        """Let the person into the program."""
        return await self.call("POST", "/v1/authorizations", Redirection, body={"request": asked}, by=by)

    async def refuse(self, asked: str, error: str) -> Redirection:
        """Send the browser back to the program without the person."""
        body = {"request": asked, "error": error}
        return await self.call("POST", "/v1/authorizations/refuse", Redirection, body=body)

    async def me(self, *, by: str) -> Me:
        """The signed-in person."""
        return await self.call("GET", "/v1/me", Me, by=by)

    async def sessions(self, *, by: str) -> tuple[OpenSession, ...]:
        """Where the person is signed in, newest first; who is in more places ends them all together."""
        return (await self.call("GET", "/v1/me/sessions?limit=100", OpenSessions, by=by)).items

    async def end_session(self, session_id: UUID, *, by: str) -> None:
        """Sign the person out there."""
        await self.call("DELETE", f"/v1/me/sessions/{session_id}", Done, by=by)

    async def end_other_sessions(self, *, by: str) -> None:
        """Sign the person out everywhere else."""
        await self.call("DELETE", "/v1/me/sessions", Done, by=by)

    async def change_password(self, *, current: str, new: str, device_token: str | None, by: str) -> PasswordSet:
        """Change the password, and end the other sessions."""
        body = {"current_password": current, "new_password": new}
        body |= {"device_token": device_token} if device_token else {}
        return await self.call("POST", "/v1/me/password", PasswordSet, body=body, by=by)

    async def new_factor(self, *, password: str, by: str) -> NewFactor:
        """Begin to add a second factor."""
        return await self.call("POST", "/v1/me/second-factor", NewFactor, body={"password": password}, by=by)

    async def confirm_factor(self, code: str, *, by: str) -> RecoveryCodes:
        """Take the second factor into use."""
        return await self.call("POST", "/v1/me/second-factor/confirm", RecoveryCodes, body={"code": code}, by=by)

    async def remove_factor(self, *, password: str, code: str, by: str) -> None:
        """Sign in with the password alone again."""
        body = {"password": password, "code": code}
        await self.call("POST", "/v1/me/second-factor/remove", Done, body=body, by=by)

    async def new_recovery_codes(self, *, password: str, code: str, by: str) -> RecoveryCodes:
        """New recovery codes in place of the old ones."""
        body = {"password": password, "code": code}
        return await self.call("POST", "/v1/me/recovery-codes", RecoveryCodes, body=body, by=by)

    async def change_email(self, *, email: str, password: str, by: str) -> None:
        """Have links mailed to both addresses."""
        await self.call("POST", "/v1/me/email", Done, body={"email": email, "password": password}, by=by)

    async def keep_email(self, *, by: str) -> None:
        """Take back that the address is to be changed."""
        await self.call("DELETE", "/v1/me/email", Done, by=by)
