"""An operator registers everybody; administrators follow the links in their mails."""

from libs.local.demo.cast import Client, Player
from libs.local.demo.companies import Company
from libs.local.demo.play import ADMINISTRATOR, AGENCY, Play


async def set_the_stage(play: Play) -> None:
    """An operator registers everybody; administrators follow the links in their mails."""
    async with play.screen.step("an operator signs in and registers the agency with its people"):
        operator = await play.stage.operator()
        number = play.free_numbers.pop()
        agency = Company(line=0, name=AGENCY, country="SE", organisation_number=number, number=number)
        play.agency = await play.stage.register(operator, "agency", agency)
        place = {"language": "sv", "time_zone": "Europe/Stockholm"}

        async def hire(name: str, *roles: str) -> Player:
            email = f"{name.split(maxsplit=1)[0].lower()}@siffror.example"
            return await play.stage.invite(operator, play.agency, name, email, *roles, **place)

        play.ada = await hire("Ada Admin", ADMINISTRATOR)
        play.adam = await hire("Adam Ansvarig", "program_administrator:client-manager")
        play.karl = await hire("Karl Konsult")
        play.kim = await hire("Kim Konsult")
        play.lars = await hire("Lars Lämnar")
    async with play.screen.step(f"{len(play.companies)} companies are registered, two administrators each"):
        found: dict[int, Client] = {}

        async def move_in(company: Company) -> None:
            found[company.line] = await _move_in(play, operator, company)

        await play.screen.each(play.companies, move_in, "companies")
        play.clients = [found[company.line] for company in play.companies]


async def _move_in(play: Play, operator: Player, company: Company) -> Client:
    id_ = await play.stage.register(operator, "company", company)
    language = {"SE": "sv", "DK": "da", "NO": "nb"}.get(company.country, "en")
    administrators = [
        await play.stage.invite(
            operator,
            id_,
            f"{first} {surname}",
            f"{first.lower()}.{company.country.lower()}{company.line}@client.example",
            ADMINISTRATOR,
            language=language,
        )
        for first, surname in (("Anna", "Ansvarig"), ("Bo", "Behörig"))
    ]
    return Client(company=company, id=id_, administrators=administrators)
