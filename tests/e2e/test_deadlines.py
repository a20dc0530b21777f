"""A link request's seven days on a whole running system, by the clock that can be moved."""

from datetime import timedelta
from typing import Any

import httpx

from libs.local.clock import move_clock
from libs.local.demo.caller import until
from libs.local.demo.cast import Stage, new_password
from libs.local.demo.companies import Company
from libs.local.demo.play import ADMINISTRATOR
from libs.local.system import System

AGENCY = Company(line=0, name="Byrån", country="SE", organisation_number="556016-0680", number="5560160680")
COMPANY = Company(line=1, name="Bolaget", country="SE", organisation_number="556012-5790", number="5560125790")
ANNA, ADA = "anna@client.example", "ada@agency.example"


async def test_a_request_is_reminded_of_dies_after_168_hours_and_both_are_told_once() -> None:
    with System.start(ports="free", timeout=120, durable=False) as system:
        async with httpx.AsyncClient(timeout=10) as http:
            stage = Stage(system, http, new_password())
            operator = await stage.operator()
            agency = await stage.register(operator, "agency", AGENCY)
            company = await stage.register(operator, "company", COMPANY)
            ada = await stage.invite(operator, agency, "Ada", ADA, ADMINISTRATOR)
            anna = await stage.invite(operator, company, "Anna", ANNA, ADMINISTRATOR)

            async def sent() -> dict[str, Any] | None:
                path = f"{stage.urls['clients']}/v1/organisations/{agency}/link-requests"
                answer = await ada.caller.request(
                    "POST", "clients", path.split("/v1/")[1], json={"company_id": company}
                )
                found: dict[str, Any] = answer.json()
                return found if answer.status_code == 201 else None

            request = await until(sent, "the request is sent")
            assert request is not None
            await mails(stage, ANNA, "/approve/", 1)

            await move_clock(system.status(), timedelta(hours=121))
            await mails(stage, ANNA, "/approve/", 2)

            await move_clock(system.status(), timedelta(hours=168, seconds=1))
            path = f"organisations/{company}/link-requests/{request['id']}/accept"
            refused = await anna.caller.post("clients", path, expect=409)
            assert refused["code"] == "request_expired"
            expired = await until(lambda: about_the_outcome(stage), "the sender is told")
            assert len(expired) == 1
            assert len(await stage.mails(ANNA, "/approve/")) == 2


async def mails(stage: Stage, email: str, containing: str, count: int) -> None:
    """Wait until somebody has so many mails."""

    async def there() -> bool:
        return len(await stage.mails(email, containing)) == count

    await until(there, f"{count} mails to {email}")


async def about_the_outcome(stage: Stage) -> list[dict[str, Any]]:
    """Mails to the agency's admin that are no invitation."""
    return [mail for mail in await stage.mails(ADA, "") if "/invitations/" not in mail["text"]]
