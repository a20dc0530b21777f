"""The audit trail of organisations and of people (X2)."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from libs.shared.auth import Actor
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import NotFound
from libs.shared.paging import After, Limit
from services.identity.acting import require_administrator, require_self_or_operator
from services.identity.auditing import part_of, trail_of_organisation, trail_of_person
from services.identity.models import NotAnAdministrator
from services.identity.views.audit import AuditPage

AUDIT = "audit"
Since = Annotated[str | None, QueryParameter(name="from", max_length=40)]
Until = Annotated[str | None, QueryParameter(name="to", max_length=40)]
About = Annotated[UUID | None, QueryParameter(name="person")]


@get(
    "/v1/organisations/{organisation_id:uuid}/audit",
    operation_id="listAudit",
    errors=(NotAnAdministrator,),
    tags=[AUDIT],
)
async def get_audit(
    organisation_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    about: About = None,
    since: Since = None,
    until: Until = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[AuditPage]:
    """What happened at the organisation, newest first: its own system administrators, or an operator."""
    part = part_of(since=since, until=until, after=after, limit=limit)

    async def work(tx: Tx, actor: Actor) -> AuditPage:
        require_administrator(actor)
        return await trail_of_organisation(tx, organisation_id=organisation_id, person_id=about, part=part)

    return await edge.read_page(organisation_id, work)


@get("/v1/me/audit", operation_id="listMyAudit", errors=(NotFound,), tags=[AUDIT])
async def get_my_audit(
    edge: NamedDependency[Edge], since: Since = None, until: Until = None, after: After = None, limit: Limit = 50
) -> Response[AuditPage]:
    """What you did and what was done to you, wherever it was; newest first."""
    caller = edge.caller
    if caller.kind != "person":
        raise NotFound
    part = part_of(since=since, until=until, after=after, limit=limit)
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        return edge.linked(await trail_of_person(tx, person_id=caller.id, part=part))


@get("/v1/people/{person_id:uuid}/audit", operation_id="listPersonAudit", tags=[AUDIT])
async def get_person_audit(
    person_id: FromPath[UUID],
    edge: NamedDependency[Edge],
    since: Since = None,
    until: Until = None,
    after: After = None,
    limit: Limit = 50,
) -> Response[AuditPage]:
    """What a person did and what was done to them, wherever it was. The person, or an operator; newest first."""
    part = part_of(since=since, until=until, after=after, limit=limit)
    async with edge.database.begin(edge.caller.id, actor=edge.caller.actor) as tx:
        await require_self_or_operator(tx, edge.caller, person_id)
        await tx.become(person_id)
        return edge.linked(await trail_of_person(tx, person_id=person_id, part=part))


ROUTES = [get_audit, get_my_audit, get_person_audit]
