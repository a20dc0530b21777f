"""The agency finds its clients by their numbers and asks them; every administrator is mailed."""

from functools import partial
from typing import Any

from libs.local.demo.caller import until
from libs.local.demo.cast import Client
from libs.local.demo.play import AGENCY, Play, require


async def ask(play: Play) -> None:
    """A consultant finds each company by its number and asks it."""
    async with play.screen.step("a search for a number that nobody has finds nothing"):
        number = play.free_numbers.pop()
        nothing = await play.karl.caller.get("clients", play.of_agency("directory"), organisation_number=number)
        require(nothing["hits"] == [], f"the search for {number} found {nothing['hits']}")
    async with play.screen.step("a consultant finds each company by its number and asks it for a link"):
        await play.screen.each(play.clients, partial(find_and_ask, play), "requests")
    async with play.screen.step("every administrator of every company got a mail with a link of their own"):
        tokens: set[str] = set()
        for client in play.clients:
            for administrator in client.administrators:
                tokens.add(await play.stage.token_in_mail(administrator.email, "/approve/"))
                mail = (await play.stage.mails(administrator.email, "/approve/"))[-1]
                require(AGENCY in mail["text"], f"the mail to {administrator.email} does not name the agency")
        require(len(tokens) == 2 * len(play.clients), "two administrators got the same link")


async def find_and_ask(play: Play, client: Client) -> None:
    """Search a company by its number, as it stands in the file, and ask it for a link."""
    wanted: dict[str, Any] = {
        "organisation_number": client.company.organisation_number,
        "country": client.company.country,
    }

    async def hit() -> list[dict[str, Any]]:
        search = await play.karl.caller.post("clients", play.of_agency("directory"), wanted, expect=200)
        return [each for each in search["hits"] if each["can_be_asked"] and each["company_id"] == client.id]

    await until(hit, f"{client.company.name} is found by its number")
    body = {"company_id": client.id}
    client.request = await play.karl.caller.post("clients", play.of_agency("link-requests"), body)
