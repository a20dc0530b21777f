"""Examples: the signed-in person, and invitations as the invited see them."""

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.openapi.guide import Example
from services.identity.guide.story import ANNA, COMPANY, INVITATION, PASSWORD
from services.identity.usecases.accept_invitation import AcceptInvitation
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView
from services.identity.views.people import MeView, PlaceView

EXAMPLES = {
    "getMe": Example(
        answer=MeView(
            person_id=ANNA,
            name="Anna Ansvarig",
            email="anna@akeriet.example",
            language="sv",
            time_zone="Europe/Stockholm",
            operator=False,
            memberships=[PlaceView(organisation_id=COMPANY, roles=[SYSTEM_ADMINISTRATOR], leaving=False)],
        )
    ),
    "erasePerson": Example(answer=Nothing()),
    "acceptInvitation": Example(
        body=AcceptInvitation(password=PASSWORD),
        answer=InvitationView(id=INVITATION, organisation_id=COMPANY, person_id=ANNA, state="accepted"),
    ),
}
