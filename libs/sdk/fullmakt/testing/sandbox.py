"""A test's own corner of a running system: its organisations and people, their events and mails."""

import asyncio
import secrets
from collections.abc import Sequence
from itertools import count
from typing import Any, Literal, get_args
from uuid import UUID

from fullmakt.client import Credentials, Fullmakt
from fullmakt.client.errors import AlreadyRegistered
from fullmakt.client.models import access, identity
from fullmakt.events import Event, Subscriber
from fullmakt.testing.calls import Loop, on_loop
from fullmakt.testing.control import NatsUser
from fullmakt.testing.events import Events
from fullmakt.testing.faults import Clock, Faults, NotYourOwn
from fullmakt.testing.messages import Caught
from fullmakt.testing.numbers import organisation_number
from fullmakt.testing.parties import (
    ADMINISTRATOR,
    Agency,
    Company,
    Language,
    Link,
    Organisation,
    Person,
    ServiceAccount,
)
from fullmakt.testing.system import RunningSystem
from fullmakt.testing.waiting import until

Scope = Literal[
    "access.decide", "events.read", "organisations.register", "organisations.verify", "people.read", "sandbox"
]
HIRED_AT_ONCE = 8
"""People of one organisation: they wait for one another there, and a busy system lets nobody wait for long."""
NAMES = (
    "Ada",
    "Bo",
    "Cilla",
    "Dag",
    "Eva",
    "Finn",
    "Gro",
    "Hans",
    "Ida",
    "Jens",
    "Karin",
    "Lars",
    "Mia",
    "Nils",
    "Oda",
)


class Sandbox:
    """What the fixtures `fullmakt` and `own_fullmakt` give.

    `events`, `mails`, `texts`: what came of what this test did. `urls`: each service's address; `nats`: NATS's.
    """

    def __init__(self, system: RunningSystem, *, own: bool) -> None:
        self.system = system
        self.loop: Loop = system.loop
        self.urls = system.place.urls
        self.nats = system.place.nats
        self.mark = secrets.token_hex(4)
        self.password = secrets.token_urlsafe(12)
        self.organisations: list[Organisation] = []
        self.people: list[Person] = []
        self.events = Events(self.loop, system.log, self._is_ours)
        catcher, http = system.place.catcher, system.async_http
        self.mails = Caught(self.loop, http, catcher, "mail", lambda: {person.email for person in self.people})
        self.texts = Caught(self.loop, http, catcher, "sms", lambda: {p.mobile for p in self.people if p.mobile})
        self._own = own
        self._clock = Clock(self.loop, system.control)
        self._faults = Faults(self.loop, system.control)
        self._numbers = count()

    def __repr__(self) -> str:
        return f"<{'own_fullmakt' if self._own else 'fullmakt'} {self.mark}>"

    @property
    def clock(self) -> Clock:
        """Business time of a system of one's own.

        Raises NotYourOwn: others use this one.
        """
        self._ensure_own()
        return self._clock

    @property
    def faults(self) -> Faults:
        """What goes wrong in a system of one's own.

        Raises NotYourOwn: others use this one.
        """
        self._ensure_own()
        return self._faults

    @on_loop
    async def agency(self, name: str | None = None, *, consultants: int = 1, language: Language = "en") -> Agency:
        """An agency with an administrator, `admin`, and so many consultants."""
        agency = Agency(self, await self._register("agency", name))
        await self._staff(agency, 1, consultants, language)
        return agency

    @on_loop
    async def company(self, name: str | None = None, *, administrators: int = 1, language: Language = "en") -> Company:
        """A company with so many system administrators of its own.

        Raises ValueError: it has one at least.
        """
        if administrators < 1:
            raise ValueError("a company has one administrator at least")
        company = Company(self, await self._register("company", name))
        await self._staff(company, administrators, 0, language)
        return company

    @on_loop
    async def link(self, agency: Agency | None = None, company: Company | None = None, *, active: bool = False) -> Link:
        """A link between the two (made now where they are left out), asked for and approved; activated if `active`."""
        request = await (agency or await self.agency()).ask(company or await self.company())
        link = await request.approve()
        if active:
            await link.activate()
        return link

    @on_loop
    async def service_account(self, *scopes: Scope) -> ServiceAccount:
        """A service account with these scopes.

        Raises ValueError: there is no such scope, or none was asked for.
        """
        if not scopes or set(scopes) - set(get_args(Scope)):
            raise ValueError(f"scopes are one or more of {', '.join(get_args(Scope))}: not {scopes}")
        body = identity.OpenServiceAccount(name=f"Test {self.mark}", scopes=list(scopes))
        account = await self.system.operator.identity.open_service_account(body)
        return ServiceAccount(account.client_id, account.client_secret)

    @on_loop
    async def nats_user(self, name: str, *, people: bool = False, vendor: bool = False) -> NatsUser:
        """A NATS user who may follow events by durables of this name, for a service of yours; see `nats`.

        `people`: also PersonChanged, which has personal data. `vendor`: may also publish what the vendor's own systems
        tell, such as VerificationDecided.
        """
        return await self.system.control.subscriber(name, people=people, vendor=vendor)

    @on_loop
    async def decide(self, person: Person, company: Company, program: str) -> bool:
        """Whether this person may use this program at this company."""
        asked = access.Evaluation(
            subject=access.Subject(type="user", id=str(person.id)),
            action=access.Action(name="use"),
            resource=access.Resource(type="program", id=program, properties={"client": str(company.id)}),
        )
        return (await self.system.decider.access.evaluate(asked)).decision

    @on_loop
    async def subscriber(self, name: str, /, *, people: bool = False, **settings: Any) -> Subscriber:
        """A subscriber to this system, of this name, for your handlers; `settings` as Subscriber takes them.

        `people`: it may follow PersonChanged, which has personal data.
        """
        user = await self.nats_user(name, people=people)
        return Subscriber(self.nats, name, user=user.user, password=user.password, **settings)

    @on_loop
    async def settled(self, *, within: float = 30) -> None:
        """Wait until nothing is on its way any more in the whole system: for what must not come.

        Seen twice in a row, since what is taken in between two looks may tell something new.
        """
        quiet_before = False

        async def quiet() -> bool:
            nonlocal quiet_before
            way = await self.system.control.under_way()
            was, quiet_before = quiet_before, not any((way.untold, way.untaken, way.unsent, way.unfinished))
            return was and quiet_before

        await until(quiet, "nothing is on its way any more", within=within)

    def api(self, credentials: Credentials | None = None) -> Fullmakt:
        """The HTTP client as whoever this is; it needs no closing."""
        return Fullmakt(self.urls, credentials, http=self.system.http)

    async def hire(
        self, at: Organisation, name: str | None, roles: Sequence[str], *, mobile: str | None, language: Language
    ) -> Person:
        """Somebody invited, who has accepted; see Organisation.hire."""
        number = next(self._numbers)
        name = name or f"{NAMES[number % len(NAMES)]} {at.kind.title()}"
        email = f"{name.split()[0].lower()}.{number}.{self.mark}@{at.kind}.example"
        by = at.administrators[0].caller if at.administrators else self.system.operator
        invitation = identity.InviteMember(
            name=name,
            email=email,
            mobile=mobile,
            roles=list(roles),
            language=language,
        )
        invited = await by.identity.invite_member(at.id, invitation)
        person = Person(self, at, invited.person_id, name, email, mobile)
        self.people.append(person)
        try:
            mail = await self.mails.expect(to=person, containing="/invitations/", within=15)
        except AssertionError as error:
            error.add_note("Nobody is hired without this mail: identity, NATS and notify have to run for it.")
            raise
        await self.system.anybody.identity.accept_invitation(
            token_in(mail.links, "/invitations/"), identity.AcceptInvitation(password=person.password)
        )
        at.members.append(person)
        if ADMINISTRATOR in roles:
            at.administrators.append(person)
        return person

    def _ensure_own(self) -> None:
        if not self._own:
            raise NotYourOwn(NotYourOwn.__doc__)

    async def _register(self, kind: str, name: str | None) -> identity.OrganisationView:
        while True:
            body = identity.RegisterOrganisation(
                kind=kind,  # type: ignore[arg-type]
                name=name or f"{kind.title()} {self.mark}-{next(self._numbers)}",
                country="SE",
                organisation_number=organisation_number(),
            )
            try:
                return await self.system.operator.identity.register_organisation(body)
            except AlreadyRegistered:
                continue  # somebody else's by chance

    async def _staff(self, at: Organisation, administrators: int, others: int, language: Language) -> None:
        self.organisations.append(at)
        first = await self.hire(at, None, [ADMINISTRATOR], mobile=None, language=language)
        at.administrators[:] = [first]
        more = [[ADMINISTRATOR]] * (administrators - 1) + [[]] * others
        places = asyncio.Semaphore(HIRED_AT_ONCE)

        async def hire(roles: list[str]) -> None:
            async with places:
                await self.hire(at, None, roles, mobile=None, language=language)

        await asyncio.gather(*map(hire, more))

    def _is_ours(self, event: Event) -> bool:
        ids: set[UUID | None] = {organisation.id for organisation in self.organisations}
        people = {person.id for person in self.people}
        about = {event.thing_id(), getattr(event, "person_id", None)}
        return not ids.isdisjoint(event.tenants()) or not people.isdisjoint(about)


def token_in(links: Sequence[str], kind: str) -> str:
    """The token of the link of this kind, such as `/invitations/`, in a mail.

    Raises AssertionError: the mail has no such link.
    """
    for link in links:
        if kind in link:
            return link.split(kind, 1)[1].split("?", 1)[0]
    raise AssertionError(f"no link to {kind} among {links}")
