"""People and organisations of identity for its tests."""

from uuid import UUID

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
