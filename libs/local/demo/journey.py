"""The main job, step by step: from the agency's search to the decision that a consultant may work."""

import statistics
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import httpx
from stdnum import luhn

from libs.local.demo.caller import Unexpected, until
from libs.local.demo.cast import Client, Player, Stage
from libs.local.demo.companies import Company
from libs.local.demo.screen import Screen

AGENCY = "Siffror & Co AB"
PROGRAMS = ["bookkeeping", "invoicing", "payroll"]
ADMINISTRATOR = "system_administrator"


def require(condition: object, what: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise Unexpected(what)


class Journey:
    """One run of the main job. Each method is a step or a few, in the order in which they are called."""

    def __init__(self, stage: Stage, screen: Screen, companies: Sequence[Company]) -> None:
        self.stage = stage
        self.screen = screen
        self.companies = companies
        self.free_numbers = free_numbers({company.number for company in companies})
        self.clients: list[Client] = []
        self.agency = ""
        self.ada: Player
        self.adam: Player
        self.karl: Player
        self.kim: Player
        self.lars: Player
        self.job: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = []

    async def run(self) -> None:
        """All of it."""
        await self.set_the_stage()
        await self.ask()
        await self.answer()
        await self.activate()
        await self.give()
        await self.decide()
        self.show()

    def of_agency(self, *rest: str) -> str:
        """A path for the agency."""
        return "/".join(("organisations", self.agency, *rest))

    @property
    def linked(self) -> list[Client]:
        """The clients whose administrators approved."""
        return [client for client in self.clients if client.link_id]

    @property
    def declining(self) -> Client | None:
        """The company that says no: the last one, if there is more than one."""
        return self.clients[-1] if len(self.clients) > 1 else None

    # -- people and organisations

    async def set_the_stage(self) -> None:
        """An operator registers everybody; administrators follow the links in their mails."""
        async with self.screen.step("an operator signs in and registers the agency with its people"):
            operator = await self.stage.operator()
            number = self.free_numbers.pop()
            agency = Company(line=0, name=AGENCY, country="SE", organisation_number=number, number=number)
            self.agency = await self.stage.register(operator, "agency", agency)
            place = {"language": "sv", "time_zone": "Europe/Stockholm"}

            async def hire(name: str, *roles: str) -> Player:
                email = f"{name.split(maxsplit=1)[0].lower()}@siffror.example"
                return await self.stage.invite(operator, self.agency, name, email, *roles, **place)

            self.ada = await hire("Ada Admin", ADMINISTRATOR)
            self.adam = await hire("Adam Ansvarig", "program_administrator:client-manager")
            self.karl = await hire("Karl Konsult")
            self.kim = await hire("Kim Konsult")
            self.lars = await hire("Lars Lämnar")
        async with self.screen.step(f"{len(self.companies)} companies are registered, two administrators each"):
            found: dict[int, Client] = {}

            async def move_in(company: Company) -> None:
                found[company.line] = await self._move_in(operator, company)

            await self.screen.each(self.companies, move_in, "companies")
            self.clients = [found[company.line] for company in self.companies]

    async def _move_in(self, operator: Player, company: Company) -> Client:
        id_ = await self.stage.register(operator, "company", company)
        language = {"SE": "sv", "DK": "da", "NO": "nb"}.get(company.country, "en")
        administrators = [
            await self.stage.invite(
                operator,
                id_,
                f"{first} {surname}",
                f"{first.lower()}.{company.country.lower()}{company.number}@client.example",
                ADMINISTRATOR,
                language=language,
            )
            for first, surname in (("Anna", "Ansvarig"), ("Bo", "Behörig"))
        ]
        return Client(company=company, id=id_, administrators=administrators)

    # -- asking

    async def ask(self) -> None:
        """A consultant finds each company by its number and asks it."""
        async with self.screen.step("a search for a number that nobody has finds nothing"):
            number = self.free_numbers.pop()
            nothing = await self.karl.caller.get("clients", self.of_agency("directory"), organisation_number=number)
            require(nothing["hits"] == [], f"the search for {number} found {nothing['hits']}")
        async with self.screen.step("a consultant finds each company by its number and asks it for a link"):
            await self.screen.each(self.clients, self._find_and_ask, "requests")
        async with self.screen.step("every administrator of every company got a mail with a link of their own"):
            tokens: set[str] = set()
            for client in self.clients:
                for administrator in client.administrators:
                    tokens.add(await self.stage.token_in_mail(administrator.email, "/approve/"))
                    mail = (await self.stage.mails(administrator.email, "/approve/"))[-1]
                    require(AGENCY in mail["text"], f"the mail to {administrator.email} does not name the agency")
            require(len(tokens) == 2 * len(self.clients), "two administrators got the same link")

    async def _find_and_ask(self, client: Client) -> None:
        query: dict[str, Any] = {
            "organisation_number": client.company.organisation_number,
            "country": client.company.country,
        }

        async def hit() -> list[dict[str, Any]]:
            search = await self.karl.caller.get("clients", self.of_agency("directory"), **query)
            return [each for each in search["hits"] if each["can_be_asked"] and each["company_id"] == client.id]

        await until(hit, f"{client.company.name} is found by its number")
        body = {"company_id": client.id}
        client.request = await self.karl.caller.post("clients", self.of_agency("link-requests"), body)

    # -- answering

    async def answer(self) -> None:
        """Administrators open their links, one approves, another comes later, one company declines."""
        async with self.screen.step("opening the links approves nothing, however often a scanner does it"):
            await self.screen.each(self.clients, self._open_links, "links")
        async with self.screen.step("one administrator of each company signs in and approves"):
            willing = [client for client in self.clients if client is not self.declining]
            await self.screen.each(willing, self._approve, "approvals")
        async with self.screen.step("the second administrator who clicks later sees who approved, and when"):
            await self.screen.each(willing, self._come_later, "second looks")
        if self.declining is not None:
            await self._decline(self.declining)
        async with self.screen.step("a request to a company already linked is refused clearly"):
            body = {"company_id": willing[0].id}
            told = await self.karl.caller.post("clients", self.of_agency("link-requests"), body, expect=409)
            require(told["code"] == "already_linked", f"it was refused as {told['code']}")
            self.screen.say(f"{willing[0].company.name}: {told['detail']}")
        async with self.screen.step("sender and the agency's admins got the mails of the outcome"):
            for player in (self.ada, self.adam, self.karl):
                await self._got_outcomes(player, len(self.clients))

    async def _open_links(self, client: Client) -> None:
        for administrator in client.administrators:
            token = await self.stage.token_in_mail(administrator.email, "/approve/")
            for _ in range(2):
                seen = await self.stage.caller().get("clients", f"approvals/{token}")
                require(seen["state"] == "pending", f"opening a link made a request {seen['state']}")

    async def _approve(self, client: Client) -> None:
        path = f"organisations/{client.id}/link-requests/{client.request['id']}/accept"
        client.request = await client.administrators[0].caller.post("clients", path, expect=200)
        require(client.request["state"] == "accepted", f"{client.company.name} is {client.request['state']}")
        client.link_id = "accepted"

    async def _come_later(self, client: Client) -> None:
        first, second = client.administrators
        path = f"organisations/{client.id}/link-requests/{client.request['id']}"
        seen = await second.caller.get("clients", path)
        require(seen["decided_by"] == first.id, f"{second.name} sees {seen['decided_by_name']} as who approved")
        require(seen["decided_at"] == client.request["decided_at"], "the time of the approval changed")
        again = await second.caller.post("clients", f"{path}/accept", expect=200)
        require(again["decided_by"] == first.id, "approving twice changed who approved")

    async def _decline(self, client: Client) -> None:
        async with self.screen.step(f"{client.company.name} declines, with a reason"):
            path = f"organisations/{client.id}/link-requests/{client.request['id']}/decline"
            body = {"reason": "We keep our books ourselves."}
            client.request = await client.administrators[1].caller.post("clients", path, body, expect=200)
            require(client.request["state"] == "declined", f"it is {client.request['state']}")

    async def _got_outcomes(self, player: Player, outcomes: int) -> None:
        async def arrived() -> bool:
            try:
                mails = await self.stage.mails(player.email, "")
            except httpx.HTTPError:
                return False
            about = {mail["headers"].get("Message-ID") for mail in mails if "/invitations/" not in mail["text"]}
            return len(about) >= outcomes

        await until(arrived, f"{outcomes} mails of the outcome for {player.name}")

    # -- activating

    async def activate(self) -> None:
        """What was approved is on the activation list; admins activate it, others may not."""
        async with self.screen.step("every client that approved is on the activation list"):
            await until(self._listed, "the activation list is complete")
        async with self.screen.step("a plain consultant who tries to activate is refused"):
            path = self.of_agency("clients", self.linked[0].link_id, "activate")
            told = await self.karl.caller.post("access", path, {}, expect=403)
            self.screen.say(str(told["detail"]))
        async with self.screen.step("two admins activate the clients, each gets the administration of theirs"):
            await self.screen.each(self.linked, self._activate, "activations")
        async with self.screen.step("the client list shows them as active"):
            await until(self._shown_as_active, "the client list follows the activations")

    async def _listed(self) -> bool:
        waiting: dict[str, dict[str, Any]] = {}
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = await self.ada.caller.get("access", self.of_agency("activation-list"), **query)
            waiting |= {item["company_id"]: item for item in page["items"]}
            if page["next"] is None:
                break
            query["after"] = page["next"]
        if set(waiting) != {client.id for client in self.linked}:
            return False
        for client in self.linked:
            client.link_id = waiting[client.id]["link_id"]
            client.eligible_at = waiting[client.id]["eligible_at"]
        return True

    def admin_of(self, client: Client) -> Player:
        """Every third client is activated by Adam, the others by Ada."""
        return self.adam if self.linked.index(client) % 3 == 2 else self.ada

    async def _activate(self, client: Client) -> None:
        path = self.of_agency("clients", client.link_id, "activate")
        await self.admin_of(client).caller.post("access", path, {}, expect=200)

    async def _shown_as_active(self) -> bool:
        return {row["company_id"] for row in await self.rows() if row["state"] == "active"} == {
            client.id for client in self.linked
        }

    async def rows(self) -> list[dict[str, Any]]:
        """The agency's whole client list."""
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = await self.ada.caller.get("clients", self.of_agency("clients"), **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["after"] = page["next"]

    # -- giving access

    async def give(self) -> None:
        """A bulk job gives access and programs; what is not allowed is listed with its reason."""
        async with self.screen.step("a consultant leaves the agency"):
            await self.ada.caller.delete("identity", self.of_agency("members", self.lars.id))
            await until(self._lars_is_out, "access has heard that Lars left")
        consultants = [self.karl, self.lars]
        async with self.screen.step(
            f"a job: {len(self.linked)} clients × {len(consultants)} consultants × access and {len(PROGRAMS)} programs"
        ):
            body = {
                "clients": [client.link_id for client in self.linked],
                "consultants": [player.id for player in consultants],
                "programs": PROGRAMS,
            }
            self.job = await self.ada.caller.post("access", self.of_agency("jobs"), body, expect=202)
            await self._watch()
        async with self.screen.step("the result lists every item: done, or not and why"):
            await self._read_items()
            self._check_items()
        async with self.screen.step("the result is a notice to who started it"):
            await until(self._noticed, "a notice of the job's result")

    async def _lars_is_out(self) -> bool:
        answer = await self.lars.caller.request("GET", "access", self.of_agency("clients"))
        return answer.status_code == 404

    async def _watch(self) -> None:
        total = self.job["total"]

        async def finished() -> bool:
            self.job = await self.ada.caller.get("access", self.of_agency("jobs", self.job["id"]))
            return bool(self.job["state"] == "finished")

        await until(finished, "the job is through")
        counted = self.job["done"] + self.job["unchanged"] + self.job["refused"]
        require(counted == total, f"{counted} of {total} items have an outcome")

    async def _read_items(self) -> None:
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = await self.ada.caller.get("access", self.of_agency("jobs", self.job["id"], "items"), **query)
            self.items += page["items"]
            if page["next"] is None:
                return
            query["after"] = page["next"]

    def _check_items(self) -> None:
        require(len(self.items) == self.job["total"], f"{len(self.items)} items are listed of {self.job['total']}")
        for client in self.linked:
            here = [item for item in self.items if item["link_id"] == client.link_id]
            karl = {item["program"]: item for item in here if item["person_id"] == self.karl.id}
            require(karl[None]["outcome"] == "done", f"access to {client.company.name}: {karl[None]}")
            expected = "done" if self.admin_of(client) is self.ada else "refused"
            for program in PROGRAMS:
                require(karl[program]["outcome"] == expected, f"{program} at {client.company.name}: {karl[program]}")
            require(
                all(item["outcome"] == "refused" for item in here if item["person_id"] == self.lars.id),
                f"somebody who left got something at {client.company.name}",
            )
        reasons: dict[str, int] = {}
        for item in self.items:
            if item["outcome"] == "refused":
                require(item["reason"], f"an item was refused without a reason: {item}")
                reasons[item["reason"]] = reasons.get(item["reason"], 0) + 1
        self.screen.say(f"done {self.job['done']}, refused {self.job['refused']}: {reasons}")

    async def _noticed(self) -> bool:
        page = await self.ada.caller.get("notify", self.of_agency("notices"))
        mine = [item for item in page["items"] if item["params"].get("job_id") == self.job["id"]]
        require(len(mine) <= 1, "the job's result was posted twice")
        for notice in mine:
            self.screen.say(str(notice["text"]))
        return bool(mine)

    # -- deciding

    async def decide(self) -> None:
        """Other systems ask; a consultant without programs asks why."""
        async with self.screen.step("decisions: yes where access and program were given, no everywhere else"):
            await self.screen.each(self.linked, self._decisions, "clients")
        async with self.screen.step("a consultant without programs asks why, and is told who can put it right"):
            path = self.of_agency("clients", self.linked[0].link_id, "my-programs")
            told = await self.kim.caller.get("access", path)
            require(told["programs"] == [] and told["missing"], f"the answer was {told}")
            for missing in told["missing"]:
                names = ", ".join(who["name"] for who in missing["who"])
                require(names, f"nobody is named: {missing}")
                self.screen.say(f"{missing['message']} Ask: {names}.")

    async def _decisions(self, client: Client) -> None:
        for player, expected in (
            (self.karl, self.admin_of(client) is self.ada),
            (self.kim, False),
        ):
            body = {
                "subject": {"type": "user", "id": player.id},
                "action": {"name": "use"},
                "evaluations": [
                    {"resource": {"type": "program", "id": program, "properties": {"client": client.id}}}
                    for program in PROGRAMS
                ],
            }
            answer = await player.caller.post("access", "evaluations", body, expect=200)
            given = [evaluation["decision"] for evaluation in answer["evaluations"]]
            require(given == [expected] * len(PROGRAMS), f"{player.name} at {client.company.name}: {given}")

    # -- showing

    def show(self) -> None:
        """The clients with state, approver and access; how long it took from approval to eligible."""
        rows = []
        for client in self.clients:
            here = [item for item in self.items if item["link_id"] == client.link_id]
            karl = {item["program"]: item for item in here if item["person_id"] == self.karl.id}
            programs = [program for program in PROGRAMS if program in karl and karl[program]["outcome"] == "done"]
            held = "access" if karl and karl[None]["outcome"] == "done" else "-"
            given = ", ".join([held, *programs])
            approver = client.request["decided_by_name"] if client.link_id else "-"
            state = "active" if client.link_id else client.request["state"]
            rows.append((client.company.name, client.company.organisation_number, state, approver, f"Karl: {given}"))
        self.screen.table(("client", "number", "state", "approved by", "access"), rows)
        took = [
            1000 * (moment(client.eligible_at) - moment(client.request["decided_at"])).total_seconds()
            for client in self.linked
        ]
        self.screen.console.print(
            f"\nfrom approval to eligible: median {statistics.median(took):.0f} ms, largest {max(took):.0f} ms"
        )


def free_numbers(taken: set[str]) -> list[str]:
    """Two valid Swedish organisation numbers that no company of the file has."""
    candidates = (f"5569{n:05d}" for n in range(99_999))
    numbers = (number + luhn.calc_check_digit(number) for number in candidates)
    return list(islice((number for number in numbers if number not in taken), 2))


def moment(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text)
