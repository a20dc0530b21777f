"""Who and what a test builds: people, agencies, companies, link requests, links."""

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from fullmakt.client import AsyncFullmakt, ClientCredentials, Fullmakt, SignIn
from fullmakt.client.models import access, clients, identity
from fullmakt.testing.calls import Loop, on_loop
from fullmakt.testing.waiting import once_known, until

if TYPE_CHECKING:
    from fullmakt.testing.sandbox import Sandbox

ADMINISTRATOR = "system_administrator"
Language = Literal["da", "en", "nb", "sv"]


class ServiceAccount(ClientCredentials):
    """A service account, with its secret to hand to the service under test."""

    @property
    def secret(self) -> str:
        """What it signs in with."""
        return self._secret


class Person:
    """Somebody with a sign-in. `api` is the HTTP client as them; `caller` is the harness's own, of its own loop."""

    def __init__(
        self, sandbox: "Sandbox", organisation: "Organisation", id_: UUID, name: str, email: str, mobile: str | None
    ) -> None:
        self.sandbox = sandbox
        self.organisation = organisation
        self.id = id_
        self.name = name
        self.email = email
        self.mobile = mobile
        self.password = sandbox.password
        self.api = Fullmakt(sandbox.urls, self.credentials, http=sandbox.system.http)
        self.caller = AsyncFullmakt(sandbox.urls, self.credentials, http=sandbox.system.async_http)

    def __repr__(self) -> str:
        return f"<{self.name} of {self.organisation.name}>"

    @property
    def loop(self) -> Loop:
        """The harness's."""
        return self.sandbox.loop

    @property
    def credentials(self) -> SignIn:
        """What they sign in with."""
        return SignIn(self.email, self.password)

    @on_loop
    async def leave(self) -> None:
        """The organisation's administrator ends their membership."""
        by = self.organisation.administrators[0].caller
        await by.identity.end_membership(self.organisation.id, self.id)

    @on_loop
    async def erase(self) -> None:
        """The platform operator erases them."""
        await self.sandbox.system.operator.identity.erase_person(self.id)


class Organisation:
    """An agency or a company. `administrators` are its own system administrators; `members` everybody hired."""

    kind: Literal["agency", "company"]

    def __init__(self, sandbox: "Sandbox", details: identity.OrganisationView) -> None:
        self.sandbox = sandbox
        self.id = details.id
        self.name = details.name
        self.country = details.country
        self.organisation_number = details.organisation_number
        self.subscription_number = details.subscription_number
        self.members: list[Person] = []
        self.administrators: list[Person] = []

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {self.organisation_number}>"

    @property
    def loop(self) -> Loop:
        """The harness's."""
        return self.sandbox.loop

    @on_loop
    async def hire(
        self, name: str | None = None, *roles: str, mobile: str | None = None, language: Language = "en"
    ) -> Person:
        """Somebody more: invited, has opened the mail, set a password and can sign in.

        `roles`: `system_administrator`, `program_administrator:<program>`, none for a consultant.
        """
        return await self.sandbox.hire(self, name, roles, mobile=mobile, language=language)


class Company(Organisation):
    """A company that agencies can be let into."""

    kind = "company"

    @property
    def administrator(self) -> Person:
        """The first system administrator of its own."""
        return self.administrators[0]


class Agency(Organisation):
    """An accounting agency."""

    kind = "agency"

    @property
    def admin(self) -> Person:
        """The first system administrator."""
        return self.administrators[0]

    @property
    def consultants(self) -> list[Person]:
        """Members without a role."""
        return [member for member in self.members if member not in self.administrators]

    @property
    def consultant(self) -> Person:
        """The first of them.

        Raises LookupError: there is none.
        """
        if not self.consultants:
            raise LookupError(f"{self} has no consultant: agency(consultants=1), or hire() one")
        return self.consultants[0]

    @on_loop
    async def ask(self, company: Company, *, by: Person | None = None) -> "LinkRequest":
        """Ask a company for a link."""
        caller = (by or self.admin).caller.clients

        async def can_be_asked() -> bool:
            found = await caller.search_directory(self.id, subscription_number=company.subscription_number)
            return any(hit.can_be_asked for hit in found.hits)

        await until(can_be_asked, f"{company} can be asked for a link")
        sent = await caller.send_link_request(self.id, clients.SendLinkRequest(company_id=company.id))
        return LinkRequest(self, company, sent.id)


class LinkRequest:
    """A request of an agency to a company."""

    def __init__(self, agency: Agency, company: Company, id_: UUID) -> None:
        self.agency = agency
        self.company = company
        self.id = id_

    def __repr__(self) -> str:
        return f"<link request {self.id} of {self.agency} to {self.company}>"

    @property
    def loop(self) -> Loop:
        """The harness's."""
        return self.agency.loop

    @on_loop
    async def approve(self, *, by: Person | None = None) -> "Link":
        """The company approves, and there is a link."""
        caller = (by or self.company.administrator).caller.clients
        await caller.accept_link_request(self.company.id, self.id)
        return await self.link()

    @on_loop
    async def decline(self, reason: str | None = None, *, by: Person | None = None) -> None:
        """The company says no."""
        caller = (by or self.company.administrator).caller.clients
        await caller.decline_link_request(self.company.id, self.id, clients.DeclineLinkRequest(reason=reason))

    @on_loop
    async def cancel(self, *, by: Person | None = None) -> None:
        """The agency takes it back."""
        await (by or self.agency.admin).caller.clients.cancel_link_request(self.agency.id, self.id)

    @on_loop
    async def link(self) -> "Link":
        """The link that came of it, as soon as the company has approved.

        Raises AssertionError: it did not in time, or the request has come to another end.
        """
        caller = self.agency.admin.caller.clients

        async def found() -> UUID | None:
            async for client in caller.list_clients(self.agency.id):
                if client.link_request_id == self.id and client.link_id:
                    return client.link_id
            request = await caller.get_link_request(self.agency.id, self.id)
            if request.state not in {"pending", "accepted"}:
                raise AssertionError(f"there is no link: {self} is {request.state}")
            return None

        id_ = await until(found, f"{self} is approved and has a link")
        assert id_ is not None  # noqa: S101 - it was waited for
        return Link(self, id_)


class Link:
    """An agency let into a company, and a client of the agency once activated."""

    def __init__(self, request: LinkRequest, id_: UUID) -> None:
        self.request = request
        self.agency = request.agency
        self.company = request.company
        self.id = id_

    def __repr__(self) -> str:
        return f"<link {self.id} of {self.agency} to {self.company}>"

    @property
    def loop(self) -> Loop:
        """The harness's."""
        return self.agency.loop

    @on_loop
    async def activate(self, *, by: Person | None = None) -> None:
        """An admin of the agency activates the client, as soon as access has heard of the link."""
        caller = (by or self.agency.admin).caller.access
        everybody = access.ActivateClient()
        await once_known(lambda: caller.activate_client(self.agency.id, self.id, everybody), "access knows the link")

    @on_loop
    async def grant(self, person: Person, *programs: str, by: Person | None = None) -> access.JobView:
        """Give somebody access to the client, and to these programs; returns the finished job.

        Raises AssertionError: something was refused; says what.
        """
        caller = (by or self.agency.admin).caller.access
        wanted = access.StartJob(clients=[self.id], consultants=[person.id], programs=list(programs))
        job = await once_known(lambda: caller.start_job(self.agency.id, wanted), "access knows the person")

        async def finished() -> access.JobView | None:
            view = await caller.get_job(self.agency.id, job.id)
            return view if view.state == "finished" else None

        done = await until(finished, "the job that gives access is through")
        assert done is not None  # noqa: S101 - it was waited for
        if done.refused:
            refused = [item async for item in caller.list_job_items(self.agency.id, job.id)]
            raise AssertionError(f"access was refused: {[item.reason for item in refused if item.reason]}")
        return done

    @on_loop
    async def end(self, *, by: Person | None = None) -> None:
        """End the link for good."""
        await (by or self.agency.admin).caller.clients.end_link(self.agency.id, self.id)
