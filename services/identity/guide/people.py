"""Examples: the signed-in person, and invitations as the invited see them."""

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.openapi.guide import Example
from services.identity.guide.story import ANNA, COMPANY, INVITATION, PASSWORD
from services.identity.usecases.accept_invitation import AcceptInvitation
from services.identity.usecases.change_me import ChangeMe
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView
from services.identity.views.people import MeView, PlaceView

ME = MeView(
    person_id=ANNA,
    version=3,
    name="Anna Ansvarig",
    email="anna@akeriet.example",
    pending_email=None,
    mobile="+46701740605",
    language="sv",
    time_zone="Europe/Helsinki",
    operator=False,
    second_factor=True,
    memberships=[PlaceView(organisation_id=COMPANY, roles=[SYSTEM_ADMINISTRATOR], username=None, leaving=False)],
)
EXAMPLES = {
    "getMe": Example(answer=ME),
    "changeMe": Example(body=ChangeMe(mobile="+46701740605", time_zone="Europe/Helsinki"), answer=ME),
    "erasePerson": Example(answer=Nothing()),
    "acceptInvitation": Example(
        body=AcceptInvitation(password=PASSWORD),
        answer=InvitationView(id=INVITATION, organisation_id=COMPANY, person_id=ANNA, state="accepted"),
    ),
}
