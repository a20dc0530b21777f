"""Other systems that call us."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.database import Tx
from libs.shared.edge import Edge
from services.identity.models import (
    NotAnOperator,
)
from services.identity.usecases.open_service_account import (
    OpenServiceAccount,
    open_service_account,
)
from services.identity.views.tokens import ServiceAccountView

TOKENS = "tokens"


@post("/v1/service-accounts", operation_id="openServiceAccount", errors=(NotAnOperator,), tags=[TOKENS])
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


ROUTES = [post_service_account]
