"""People and organisations of identity for its tests."""

from typing import Any
from uuid import UUID

import httpx
from msgspec import json
from sqlalchemy import text

from libs.shared.mail_tokens import write_token
from services.identity.usecases.add_operator import add_operator
from tests.kit import App

SECRET = "a secret of these tests"
PASSWORD = "a long enough password"


async def operator(app: App) -> UUID:
    """A platform operator."""
    async with app.database.begin(None) as tx:
        person = await add_operator(tx, name="Olle Operator", email="olle@vendor.test", password=PASSWORD)
        assert person is not None
        return person.id


async def organisation(app: App, by: UUID, kind: str = "company", number: str = "556012-5790") -> UUID:
    """An organisation, registered by an operator."""
    body = {"kind": kind, "name": f"The {kind}", "country": "SE", "organisation_number": number}
    answer = await app.call("POST", "/identity/v1/organisations", by=by, body=body | {"second_subscription": True})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def member(app: App, by: UUID, organisation_id: UUID, email: str, *roles: str) -> UUID:
    """A member of an organisation, who has accepted the invitation."""
    path = f"/identity/v1/organisations/{organisation_id}/invitations"
    body = {"name": email.split("@", maxsplit=1)[0].title(), "email": email, "roles": list(roles)}
    invited = await app.call("POST", path, by=by, body=body)
    assert invited.status_code == 201, invited.text
    person = UUID(invited.json()["person_id"])
    token = write_token(SECRET, "invitation", UUID(invited.json()["id"]), person, 1)
    async with app.database.begin(person) as tx:
        has_sign_in = await tx.session.scalar(text("SELECT password_hash FROM person WHERE id = :id"), {"id": person})
    answer = await app.call(
        "POST",
        f"/identity/v1/invitations/{token}/accept",
        by=person if has_sign_in else None,
        body={} if has_sign_in else {"password": PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    return person


async def sign_in(app: App, email: str, password: str = PASSWORD, **other: str) -> httpx.Response:
    """Sign in for real."""
    return await app.call("POST", "/identity/v1/sign-in", body={"email": email, "password": password, **other})


class Signed:
    """Somebody signed in: calls with the access token of one session."""

    def __init__(self, app: App, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.app = app
        self.tokens: dict[str, str] = answer.json()
        self.session = UUID(self.tokens["session_id"])

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A request by them, below /identity/v1."""
        signed = {"Authorization": f"Bearer {self.tokens['access_token']}", **headers}
        return await self.app.call(method, f"/identity/v1{path}", body=body, headers=signed)

    async def goes_on(self) -> bool:
        """Whether their session is still good for access tokens."""
        body = {"session_token": self.tokens["session_token"]}
        answer = await self.app.call("POST", "/identity/v1/sessions/token", body=body)
        assert answer.status_code == 200 or answer.json()["code"] == "session_over"
        return answer.status_code == 200


async def signed_in(app: App, email: str, password: str = PASSWORD, **other: str) -> Signed:
    """Somebody who has signed in."""
    return Signed(app, await sign_in(app, email, password, **other))


async def trail(app: App, person: UUID) -> list[dict[str, Any]]:
    """What stands in a person's own audit trail."""
    async with app.database.begin(person) as tx:
        found = await tx.session.scalars(text("SELECT body FROM audit_entry ORDER BY at, id"))
        return [json.decode(body) for body in found]
