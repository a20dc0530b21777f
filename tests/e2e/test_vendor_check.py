"""The vendor's own check as its team's test sees it: it reads what waits, and tells what it has found."""

from fullmakt.client import Fullmakt
from fullmakt.client.models import identity
from fullmakt.events import VerificationDecided, publish
from fullmakt.testing import Sandbox
from fullmakt.testing.control import NatsUser
from fullmakt.testing.numbers import organisation_number
from fullmakt.testing.waiting import until
from nats.aio.client import Client


async def connected(fullmakt: Sandbox, user: NatsUser) -> Client:
    """A connection as this user."""
    client = Client()
    await client.connect(
        fullmakt.nats, user=user.user, password=user.password, inbox_prefix=f"_INBOX_{user.user}".encode()
    )
    return client


async def test_what_the_check_tells_decides_what_waits(fullmakt: Sandbox) -> None:
    account = await fullmakt.service_account("organisations.register", "organisations.verify")
    api = Fullmakt(fullmakt.urls, account, http=fullmakt.system.http).identity
    body = identity.RegisterOrganisation(
        kind="company",
        name=f"Ny {fullmakt.mark}",
        country="SE",
        organisation_number=organisation_number(),
        in_verification=True,
    )
    new = api.register_organisation(body)
    (waiting,) = (each for each in api.list_verifications() if each.organisation_id == new.id)
    client = await connected(fullmakt, await fullmakt.nats_user(f"check-{fullmakt.mark}", vendor=True))

    found = VerificationDecided(
        verification_id=waiting.id, organisation_id=new.id, organisation_kind="company", outcome="verified"
    )
    await publish(client, found, actor=f"service:{account.id}")

    async def decided() -> bool:
        return new.id not in [each.organisation_id for each in api.list_verifications()]

    await until(decided, "the verification is decided")
    await client.close()
