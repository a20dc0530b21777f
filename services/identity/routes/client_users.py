"""Client users: who may be invited, and inviting many in one go (I8, I9)."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from libs.shared.auth import Actor
from libs.shared.bus import Bus
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.paging import After, Limit
from services.identity.candidates import Mode, candidates
from services.identity.client_users import MOST, HasNoClients, require_agency
from services.identity.live import administration_of
from services.identity.usecases.invite_client_users import InviteClientUsers, invite_client_users
from services.identity.usecases.invite_own_users import InviteOwnUsers, invite_own_users
from services.identity.usecases.sign_in import Gate
from services.identity.usernames import propose_usernames
from services.identity.views.client_users import CandidatePage, ClientUsersView, UsernamesView

CLIENT_USERS = "/v1/organisations/{organisation_id:uuid}/client-users"
TAGS = ["client users"]
Search = Annotated[str | None, QueryParameter(max_length=100)]
Invite = InviteClientUsers | InviteOwnUsers
Name = Annotated[str, msgspec.Meta(max_length=200)]


class ProposeUsernames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names that usernames are wanted for."""

    names: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=MOST)]


@get(CLIENT_USERS + "/candidates", operation_id="listClientUserCandidates", errors=(HasNoClients,), tags=TAGS)
async def get_candidates(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    mode: FromQuery[Mode] = "new",
    search: Search = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[CandidatePage]:
    """Clients without own users, or own users without the app, where the caller is system administrator."""

    async def work(tx: Tx, actor: Actor) -> CandidatePage:
        return await candidates(tx, actor=actor, mode=mode, search=search, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(
    CLIENT_USERS + "/usernames",
    operation_id="proposeUsernames",
    errors=(HasNoClients,),
    repeatable=True,
    tags=TAGS,
    status_code=200,
)
async def post_usernames(
    organisation_id: FromPath[UUID], data: JSONBody[ProposeUsernames], edge: NamedDependency[Edge]
) -> UsernamesView:
    """Propose a free username for each name; nothing is reserved."""

    async def work(tx: Tx, actor: Actor) -> UsernamesView:
        await require_agency(tx, actor)
        return UsernamesView(usernames=await propose_usernames(tx, data.names))

    return await edge.read(organisation_id, work)


@post(CLIENT_USERS, operation_id="inviteClientUsers", errors=(HasNoClients,), tags=TAGS, status_code=200)
async def post_client_users(
    organisation_id: FromPath[UUID],
    data: JSONBody[Invite],
    edge: NamedDependency[Edge],
    bus: NamedDependency[Bus],
    gate: NamedDependency[Gate],
) -> Response[ClientUsersView]:
    """Invite up to 50 client users in one go; each row is judged on its own, and done whole or not at all."""
    await edge.read(organisation_id, require_agency)
    companies = tuple(sorted({row.company_id for row in data.rows}))
    held = await administration_of(bus, person_id=edge.caller.id, company_ids=companies)

    async def work(tx: Tx, actor: Actor) -> ClientUsersView:
        if isinstance(data, InviteClientUsers):
            rows = await invite_client_users(tx, actor=actor, given=data, held=held, limits=gate.limits)
            return ClientUsersView(rows=rows)
        return ClientUsersView(rows=await invite_own_users(tx, actor=actor, given=data, held=held))

    return await edge.command(organisation_id, work)


ROUTES = [get_candidates, post_usernames, post_client_users]
