"""Fifty administrators of one company approve the same request at the same moment, on a whole running system."""

import asyncio
from collections import Counter

import httpx
from fullmakt.events import LinkAccepted, LinkRequestAccepted

from libs.local.demo.caller import until
from libs.local.demo.cast import Player, Stage, new_password
from libs.local.demo.companies import Company
from libs.local.demo.play import ADMINISTRATOR
from libs.local.system import System
from tests.quiet import count, until_quiet

AGENCY = Company(line=0, name="Byrån", country="SE", organisation_number="556016-0680", number="5560160680")
COMPANY = Company(line=1, name="Bolaget", country="SE", organisation_number="556012-5790", number="5560125790")
MANY = 50
TOLD = "SELECT count(*) FROM outbox WHERE headers->>'ce-type' = $1"


async def test_fifty_approve_at_once_one_wins_and_everybody_gets_one_mail() -> None:
    with System.start(ports="free", timeout=120, durable=False) as system:
        async with httpx.AsyncClient(timeout=30) as http:
            stage = Stage(system, http, new_password())
            operator = await stage.operator()
            agency = await stage.register(operator, "agency", AGENCY)
            company = await stage.register(operator, "company", COMPANY)
            ada = await stage.invite(operator, agency, "Ada", "ada@agency.example", ADMINISTRATOR)
            everyone = await asyncio.gather(
                *(stage.invite(operator, company, f"Nr {n}", f"nr{n}@c.example", ADMINISTRATOR) for n in range(MANY))
            )
            request = await send(ada, agency, company)
            path = f"organisations/{company}/link-requests/{request}/accept"

            answers = await asyncio.gather(*(player.caller.post("clients", path, expect=200) for player in everyone))

            assert len({(a["state"], a["decided_by"], a["decided_at"]) for a in answers}) == 1
            winner = answers[0]["decided_by"]
            told = {player.email for player in everyone if player.id != winner} | {"ada@agency.example"}
            waiting = await until(lambda: listed(ada, agency), "the client is on the activation list")
            assert [item["company_id"] for item in waiting] == [company]
            await until(lambda: has_all_mails(stage, told), "everybody is told")
            await until_quiet(system.status())
            assert await mails_of_the_outcome(stage) == dict.fromkeys(told, 1)
            assert await count(system.status(), "clients", TOLD, f"fullmakt.{LinkAccepted.type}") == 1
            assert await count(system.status(), "clients", TOLD, f"fullmakt.{LinkRequestAccepted.type}") == 1


async def send(ada: Player, agency: str, company: str) -> str:
    """A request, once every administrator is known."""

    async def known() -> bool:
        search = await ada.caller.get(
            "clients", f"organisations/{agency}/directory", organisation_number=COMPANY.number
        )
        return any(hit["can_be_asked"] for hit in search["hits"])

    await until(known, "the company can be asked")
    sent = await ada.caller.post("clients", f"organisations/{agency}/link-requests", {"company_id": company})
    return str(sent["id"])


async def listed(ada: Player, agency: str) -> list[dict[str, str]]:
    """The activation list."""
    page = await ada.caller.get("access", f"organisations/{agency}/activation-list")
    items: list[dict[str, str]] = page["items"]
    return items


async def has_all_mails(stage: Stage, told: set[str]) -> bool:
    """Whether each of these got a mail of the outcome."""
    return told <= set(await mails_of_the_outcome(stage))


async def mails_of_the_outcome(stage: Stage) -> dict[str, int]:
    """How many mails of the outcome everybody got, one that came twice counted twice."""
    caught = (await stage.http.get(f"{stage.catcher}/messages", params={"kind": "mail"})).json()
    others = ("/approve/", "/invitations/")
    return dict(Counter(mail["to"][0] for mail in caught if not any(kind in mail["text"] for kind in others)))
