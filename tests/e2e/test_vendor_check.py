"""The vendor's own check as its team's test sees it: it is told what waits, reads it, and tells what it has found."""

import asyncio

from fullmakt.client import Fullmakt
from fullmakt.client.models import identity
from fullmakt.events import Context, Filter, Subscriber, VerificationDecided, VerificationRequested, publish
from fullmakt.testing import Sandbox
from fullmakt.testing.numbers import organisation_number
from fullmakt.testing.waiting import until


async def test_what_the_check_is_told_of_and_answers_is_decided(fullmakt: Sandbox) -> None:
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
    user = await fullmakt.nats_user(f"check-{fullmakt.mark}", vendor=True)
    only = Filter(company=new.id)
    check = Subscriber(fullmakt.nats, user.user, user=user.user, password=user.password, only=only)

    @check.on(VerificationRequested)
    async def answer(event: VerificationRequested, _: Context) -> None:
        (waiting,) = (each for each in api.list_verifications() if each.id == event.verification_id)
        found = VerificationDecided(
            verification_id=waiting.id,
            organisation_id=event.organisation_id,
            organisation_kind=event.organisation_kind,
            outcome="verified",
        )
        await publish(check.client, found, actor=f"service:{account.id}")

    running = asyncio.create_task(check.run())

    async def decided() -> bool:
        return new.id not in [each.organisation_id for each in api.list_verifications()]

    await until(decided, "the verification is decided")
    check.stop()
    await running
