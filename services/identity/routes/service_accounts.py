"""Other systems that call us."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.paging import After, Limit
from services.identity import back_office
from services.identity.models import NotAnOperator
from services.identity.routes.tokens import NO_STORE
from services.identity.usecases.open_service_account import OpenServiceAccount, open_service_account
from services.identity.usecases.revoke_service_account import revoke_service_account
from services.identity.usecases.rotate_secret import AccountRevoked, rotate_secret
from services.identity.views.nothing import Nothing
from services.identity.views.operators import AccountPage
from services.identity.views.tokens import ServiceAccountView

TOKENS = "tokens"


@get("/v1/service-accounts", operation_id="listServiceAccounts", errors=(NotAnOperator,), tags=[TOKENS])
async def get_service_accounts(
    edge: NamedDependency[Edge], after: After = None, limit: Limit = 50
) -> Response[AccountPage]:
    """Which other systems are let in, and which were. Platform operators only."""
    async with edge.database.begin(edge.caller.id, actor=edge.caller.actor) as tx:
        return edge.linked(await back_office.service_accounts(tx, caller=edge.caller, after=after, limit=limit))


@post(
    "/v1/service-accounts",
    operation_id="openServiceAccount",
    response_headers=[NO_STORE],
    errors=(NotAnOperator,),
    tags=[TOKENS],
)
async def post_service_account(
    data: JSONBody[OpenServiceAccount], edge: NamedDependency[Edge]
) -> Response[ServiceAccountView]:
    """Let another system in. Platform operators only; the secret is shown this once."""
    caller = edge.caller
    edge.refuse_idempotency_key()

    async def work(tx: Tx) -> ServiceAccountView:
        account, secret = await open_service_account(tx, caller=caller, given=data)
        return ServiceAccountView(client_id=account.id, client_secret=secret, scopes=account.scopes)

    return await edge.commit(work, tenant=caller.id, status=201)


@post(
    "/v1/service-accounts/{account_id:uuid}/secret",
    operation_id="rotateSecret",
    response_headers=[NO_STORE],
    errors=(NotAnOperator, AccountRevoked),
    tags=[TOKENS],
    status_code=200,
)
async def post_secret(account_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[ServiceAccountView]:
    """Give a service account a new secret. Platform operators only; it is shown this once, and the old one is dead."""
    caller = edge.caller
    edge.refuse_idempotency_key()

    async def work(tx: Tx) -> ServiceAccountView:
        account, secret = await rotate_secret(tx, caller=caller, account_id=account_id)
        return ServiceAccountView(client_id=account.id, client_secret=secret, scopes=account.scopes)

    return await edge.commit(work, tenant=caller.id)


@delete(
    "/v1/service-accounts/{account_id:uuid}",
    operation_id="revokeServiceAccount",
    errors=(NotAnOperator,),
    tags=[TOKENS],
    status_code=200,
)
async def delete_service_account(account_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Let another system in no more, for good. Platform operators only."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await revoke_service_account(tx, caller=caller, account_id=account_id)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


ROUTES = [get_service_accounts, post_service_account, post_secret, delete_service_account]
