"""The HTTP API of clients."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.clock import put_clock
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.feed import read_feed
from libs.shared.live import actor_now
from libs.shared.openapi.operation import OPEN
from libs.shared.paging import After, Limit
from libs.shared.snapshot import read_snapshot
from services.clients import queries
from services.clients.live import own_administrators
from services.clients.models import (
    AlreadyDecided,
    AlreadyLinked,
    LinkRequest,
    MayNotEndLink,
    NotOwnAdministrator,
    NotTheSender,
    NotVerified,
    OnlyAgencies,
    PendingWithOtherTerms,
    RequestCancelled,
    RequestExpired,
)
from services.clients.queries import NotInAnAddress, SearchCompany
from services.clients.requests import NoOwnAdministrator
from services.clients.usecases.accept_link_request import accept_link_request
from services.clients.usecases.cancel_link_request import cancel_link_request
from services.clients.usecases.decline_link_request import DeclineLinkRequest, decline_link_request
from services.clients.usecases.end_link import end_link
from services.clients.usecases.resend_link_request import resend_link_request
from services.clients.usecases.send_link_request import SendLinkRequest, send_link_request
from services.clients.views import ClientPage, LinkRequestPage, LinkRequestView, LinkView, LocatedView, SearchView

MailToken = Annotated[str, PathParameter(max_length=200)]
HOME = "/v1/organisations/{organisation_id:uuid}"
REQUEST = HOME + "/link-requests/{link_request_id:uuid}"
REQUESTS = ["link requests"]
CLIENTS = ["clients"]
Number = Annotated[str | None, QueryParameter(max_length=40)]
ANSWERED = (RequestExpired, RequestCancelled, AlreadyDecided)


async def _shown(tx: Tx, tenant: UUID, request: LinkRequest) -> LinkRequestView:
    """The request as it is after a command."""
    await tx.session.flush()
    return await queries.link_request(tx, tenant=tenant, request_id=request.id)


@get(HOME + "/directory", operation_id="searchDirectory", errors=(OnlyAgencies, NotInAnAddress), tags=CLIENTS)
async def get_directory(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    organisation_number: Number = None,
    country: Number = None,
    subscription_number: Number = None,
) -> SearchView:
    """Find a company by its exact organisation number or subscription number, before asking it for a link.

    A sole trader's number is a person's own and is not taken here: see `findCompany`.
    """

    async def work(tx: Tx, _: Actor) -> SearchView:
        return await queries.search(
            tx,
            agency_id=organisation_id,
            number=organisation_number,
            country=country,
            subscription=subscription_number,
            in_address=True,
        )

    return await edge.read(organisation_id, work)


@post(
    HOME + "/directory",
    operation_id="findCompany",
    errors=(OnlyAgencies,),
    repeatable=True,
    tags=CLIENTS,
    status_code=200,
)
async def post_directory(
    organisation_id: FromPath[UUID], data: JSONBody[SearchCompany], edge: NamedDependency[Edge]
) -> SearchView:
    """Find a company by its exact organisation number, a sole trader too.

    The number stands in the body, and so in no log of addresses.
    """

    async def work(tx: Tx, _: Actor) -> SearchView:
        return await queries.search(
            tx,
            agency_id=organisation_id,
            number=data.organisation_number,
            country=data.country,
            subscription=None,
            in_address=False,
        )

    return await edge.read(organisation_id, work)


@post(
    HOME + "/link-requests",
    operation_id="sendLinkRequest",
    errors=(OnlyAgencies, NotVerified, NoOwnAdministrator, AlreadyLinked, PendingWithOtherTerms),
    tags=REQUESTS,
)
async def post_link_request(
    organisation_id: FromPath[UUID],
    data: JSONBody[SendLinkRequest],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[LinkRequestView]:
    """Ask a company for a link: every system administrator of its own gets a mail.

    A pending request with the same terms is answered as it is, and nobody is mailed again.
    """
    await edge.enter(organisation_id)
    recipients = await own_administrators(bus, company_id=data.company_id)

    async def work(tx: Tx, actor: Actor) -> LinkRequestView:
        return await _shown(
            tx,
            organisation_id,
            await send_link_request(
                tx, actor=actor, company_id=data.company_id, terms=data.terms, recipients=recipients
            ),
        )

    return await edge.command(organisation_id, work, status=201)


@get(HOME + "/link-requests", operation_id="listLinkRequests", tags=REQUESTS)
async def get_link_requests(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    *,
    pending: FromQuery[bool] = False,
    after: After = None,
    limit: Limit = 50,
) -> Response[LinkRequestPage]:
    """The requests that the organisation sent or got, the newest first."""

    async def work(tx: Tx, _: Actor) -> LinkRequestPage:
        return await queries.link_requests(tx, tenant=organisation_id, pending_only=pending, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@get(REQUEST, operation_id="getLinkRequest", tags=REQUESTS)
async def get_link_request(
    organisation_id: FromPath[UUID], link_request_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> LinkRequestView:
    """A request with what became of it: who decided it, and when."""

    async def work(tx: Tx, _: Actor) -> LinkRequestView:
        return await queries.link_request(tx, tenant=organisation_id, request_id=link_request_id)

    return await edge.read(organisation_id, work)


@post(
    REQUEST + "/accept",
    operation_id="acceptLinkRequest",
    errors=(NotOwnAdministrator, NotVerified, *ANSWERED),
    tags=REQUESTS,
    status_code=200,
)
async def post_accept(
    organisation_id: FromPath[UUID],
    link_request_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[LinkRequestView]:
    """Approve a request: a system administrator of the company's own, at this moment."""
    actor = await actor_now(bus, caller=edge.caller, tenant=organisation_id)

    async def work(tx: Tx) -> LinkRequestView:
        return await _shown(tx, organisation_id, await accept_link_request(tx, actor=actor, request_id=link_request_id))

    return await edge.commit(work, tenant=organisation_id)


@post(
    REQUEST + "/decline",
    operation_id="declineLinkRequest",
    errors=(NotOwnAdministrator, *ANSWERED),
    tags=REQUESTS,
    status_code=200,
)
async def post_decline(
    organisation_id: FromPath[UUID],
    link_request_id: FromPath[UUID],
    data: JSONBody[DeclineLinkRequest],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[LinkRequestView]:
    """Say no to a request: a system administrator of the company's own, at this moment."""
    actor = await actor_now(bus, caller=edge.caller, tenant=organisation_id)

    async def work(tx: Tx) -> LinkRequestView:
        return await _shown(
            tx,
            organisation_id,
            await decline_link_request(tx, actor=actor, request_id=link_request_id, reason=data.reason),
        )

    return await edge.commit(work, tenant=organisation_id)


@post(
    REQUEST + "/cancel",
    operation_id="cancelLinkRequest",
    errors=(NotTheSender, *ANSWERED),
    tags=REQUESTS,
    status_code=200,
)
async def post_cancel(
    organisation_id: FromPath[UUID], link_request_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> Response[LinkRequestView]:
    """Take a pending request back: its sender or an admin of the agency."""

    async def work(tx: Tx, actor: Actor) -> LinkRequestView:
        return await _shown(tx, organisation_id, await cancel_link_request(tx, actor=actor, request_id=link_request_id))

    return await edge.command(organisation_id, work)


@post(
    REQUEST + "/resend",
    operation_id="resendLinkRequest",
    errors=(NotTheSender, NoOwnAdministrator, *ANSWERED),
    tags=REQUESTS,
    status_code=200,
)
async def post_resend(
    organisation_id: FromPath[UUID],
    link_request_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[LinkRequestView]:
    """Send a pending request anew: 168 hours from now, new links, the old ones dead."""

    async def look(tx: Tx, _: Actor) -> LinkRequestView:
        return await queries.link_request(tx, tenant=organisation_id, request_id=link_request_id)

    request = await edge.read(organisation_id, look)
    recipients = await own_administrators(bus, company_id=request.company_id)

    async def work(tx: Tx, actor: Actor) -> LinkRequestView:
        return await _shown(
            tx,
            organisation_id,
            await resend_link_request(tx, actor=actor, request_id=link_request_id, recipients=recipients),
        )

    return await edge.command(organisation_id, work)


@get("/v1/approvals/{token:str}", operation_id="locateLinkRequest", security=OPEN, tags=REQUESTS)
async def get_approval(
    token: MailToken, edge: NamedDependency[Edge], mail_token_secret: NamedDependency[str]
) -> LocatedView:
    """The request that a mailed link names, without a sign-in. Looking at it changes nothing."""
    async with edge.database.begin(None) as tx:
        return await queries.locate(tx, token=token, secret=mail_token_secret)


@get(HOME + "/clients", operation_id="listClients", tags=CLIENTS)
async def get_clients(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
) -> Response[ClientPage]:
    """The agency's clients by name, with their state."""

    async def work(tx: Tx, _: Actor) -> ClientPage:
        return await queries.clients(tx, agency_id=organisation_id, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(
    HOME + "/links/{link_id:uuid}/end", operation_id="endLink", errors=(MayNotEndLink,), tags=CLIENTS, status_code=200
)
async def post_end(
    organisation_id: FromPath[UUID],
    link_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
) -> Response[LinkView]:
    """End a link for good: admins of the agency, or system administrators of the company, at this moment."""
    actor = await actor_now(bus, caller=edge.caller, tenant=organisation_id)

    async def work(tx: Tx) -> LinkView:
        return LinkView.of(await end_link(tx, actor=actor, link_id=link_id))

    return await edge.commit(work, tenant=organisation_id)


ROUTES = [
    get_directory,
    post_directory,
    post_link_request,
    get_link_requests,
    get_link_request,
    post_accept,
    post_decline,
    post_cancel,
    post_resend,
    get_approval,
    get_clients,
    post_end,
    read_feed,
    read_snapshot,
]
SANDBOX_ROUTES = [put_clock]
