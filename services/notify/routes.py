"""The HTTP API of notify."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from libs.shared.auth import Actor
from libs.shared.clock import put_clock
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.feed import read_feed
from libs.shared.paging import After, Limit
from libs.shared.snapshot import read_snapshot
from services.notify import queries
from services.notify.models import DeliveryState, MayNotSeeDeliveries, NotGivenUp
from services.notify.usecases.read_notice import read_notice
from services.notify.usecases.retry_delivery import retry_delivery
from services.notify.views import DeliveryPage, Nothing, NoticePage

NOTICES = "notices"
DELIVERIES = "deliveries"
ORGANISATION = "/v1/organisations/{organisation_id:uuid}"


@get(f"{ORGANISATION}/notices", operation_id="listNotices", tags=[NOTICES])
async def get_notices(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    after: After = None,
    limit: Limit = 50,
) -> Response[NoticePage]:
    """The caller's own notices at an organisation, the newest first, in the caller's language."""

    async def work(tx: Tx, actor: Actor) -> NoticePage:
        return await queries.notices(tx, actor=actor, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(f"{ORGANISATION}/notices/{{notice_id:uuid}}/read", operation_id="readNotice", tags=[NOTICES], status_code=200)
async def post_read(
    organisation_id: FromPath[UUID], notice_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> Response[Nothing]:
    """Mark a notice of the caller's as read."""

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await read_notice(tx, actor=actor, notice_id=notice_id)
        return Nothing()

    return await edge.command(organisation_id, work)


@get(f"{ORGANISATION}/deliveries", operation_id="listDeliveries", errors=(MayNotSeeDeliveries,), tags=[DELIVERIES])
async def get_deliveries(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    in_state: Annotated[DeliveryState, QueryParameter(name="state")] = "given_up",
    after: After = None,
    limit: Limit = 50,
) -> Response[DeliveryPage]:
    """Mails and SMS to the organisation's people, the newest first. Its administrators only."""

    async def work(tx: Tx, actor: Actor) -> DeliveryPage:
        return await queries.deliveries(tx, actor=actor, state=in_state, after=after, limit=limit)

    return await edge.read_page(organisation_id, work)


@post(
    f"{ORGANISATION}/deliveries/{{delivery_id:uuid}}/retry",
    operation_id="retryDelivery",
    errors=(MayNotSeeDeliveries, NotGivenUp),
    tags=[DELIVERIES],
    status_code=200,
)
async def post_retry(
    organisation_id: FromPath[UUID], delivery_id: FromPath[UUID], edge: NamedDependency[Edge]
) -> Response[Nothing]:
    """Send again what was given up. The organisation's administrators only."""

    async def work(tx: Tx, actor: Actor) -> Nothing:
        await retry_delivery(tx, actor=actor, delivery_id=delivery_id)
        return Nothing()

    return await edge.command(organisation_id, work)


ROUTES = [get_notices, post_read, get_deliveries, post_retry, read_feed, read_snapshot]
SANDBOX_ROUTES = [put_clock]
