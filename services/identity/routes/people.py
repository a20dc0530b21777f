"""The signed-in person, and invitations as the invited see them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import NotFound
from libs.shared.preconditions import check_if_match, etag
from services.identity import queries
from services.identity.models import (
    AlreadyAccepted,
    InvitationNotOpen,
    LastAdministrator,
    OrganisationWasRefused,
)
from services.identity.passwords import PasswordTooCommon, TooShort
from services.identity.usecases.accept_invitation import (
    AcceptInvitation,
    SignInFirst,
    accept_invitation,
    hash_chosen,
)
from services.identity.usecases.change_me import ChangeMe, change_me
from services.identity.usecases.erase_person import erase_person
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView
from services.identity.views.people import MeView

PEOPLE = "people"
NOBODY = UUID(int=0)
MailToken = Annotated[str, PathParameter(max_length=200)]


@get("/v1/me", operation_id="getMe", errors=(NotFound,), tags=[PEOPLE])
async def get_me(edge: NamedDependency[Edge]) -> Response[MeView]:
    """The signed-in person and the organisations they belong to."""
    caller = edge.caller
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        view = await queries.me(tx, person_id=caller.id)
    return Response(view, headers={"ETag": etag(view.version)})


@patch("/v1/me", operation_id="changeMe", errors=(NotFound,), tags=[PEOPLE])
async def patch_me(data: JSONBody[ChangeMe], edge: NamedDependency[Edge]) -> Response[MeView]:
    """Change one's own details. What is left out stays as it is."""
    caller = edge.caller
    check_version = partial(check_if_match, edge.request)

    async def work(tx: Tx) -> MeView:
        await change_me(tx, caller=caller, given=data, check_version=check_version)
        return await queries.me(tx, person_id=caller.id)

    return await edge.commit(work, tenant=caller.id)


@delete(
    "/v1/people/{person_id:uuid}",
    operation_id="erasePerson",
    errors=(LastAdministrator,),
    tags=[PEOPLE],
    status_code=200,
)
async def delete_person(person_id: FromPath[UUID], edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Erase a person (GDPR, article 17): themselves or a platform operator.

    Whoever is the only system administrator of an organisation with other members names a successor first; the
    organisations stand in `more` of the error.
    """
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await erase_person(tx, caller=caller, person_id=person_id)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


@post(
    "/v1/invitations/{token:str}/accept",
    operation_id="acceptInvitation",
    security=[{}, {"bearer": []}],
    errors=(SignInFirst, TooShort, PasswordTooCommon, InvitationNotOpen, AlreadyAccepted, OrganisationWasRefused),
    tags=[PEOPLE],
    status_code=200,
)
async def post_acceptance(
    token: MailToken,
    data: JSONBody[AcceptInvitation],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    mail_token_secret: NamedDependency[str],
) -> Response[InvitationView]:
    """Accept an invitation by the token of its mail. A new person chooses a password, others are signed in."""
    edge.refuse_idempotency_key()
    caller = request.user if isinstance(request.user, Caller) else None
    hashed = await hash_chosen(edge.database, token=token, secret=mail_token_secret, given=data)

    async def work(tx: Tx) -> InvitationView:
        return InvitationView.of(
            await accept_invitation(tx, token=token, secret=mail_token_secret, password_hash=hashed, caller=caller)
        )

    return await edge.commit(work, tenant=NOBODY)


ROUTES = [get_me, patch_me, delete_person, post_acceptance]
