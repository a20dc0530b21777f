"""Examples: organisations and their members."""

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from msgspec.structs import replace

from libs.shared.openapi.guide import Example
from libs.shared.paging import write_cursor
from services.identity.guide.story import ADMINISTRATOR, ANNA, AT, BO, COMPANY, INVITATION, VERIFICATION
from services.identity.usecases.change_organisation import ChangeOrganisation
from services.identity.usecases.change_roles import ChangeRoles
from services.identity.usecases.invite_member import InviteMember
from services.identity.usecases.register_organisation import RegisterOrganisation
from services.identity.usecases.request_number_change import RequestNumberChange
from services.identity.usecases.verify_organisation import VerifyOrganisation
from services.identity.views.invitations import OpenInvitationPage, OpenInvitationView
from services.identity.views.leaving import LeaveView
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import (
    InvitationView,
    MemberPage,
    OrganisationView,
    VerificationPage,
    VerificationView,
)

AS_IT_IS = OrganisationView(
    id=COMPANY,
    kind="company",
    name="Åkeriet i Norr AB",
    country="SE",
    organisation_number="5560125790",
    subscription_number="S4711094212",
    language="sv",
    state="verified",
    sole_trader=False,
    without_administrator=False,
    pending_number_change=None,
    refused_number_change=None,
    version=3,
)
WAITING = VerificationView(
    id=VERIFICATION,
    organisation_id=COMPANY,
    organisation_kind="company",
    name="Åkeriet i Norr AB",
    subscription_number="S4711094212",
    kind="number",
    country="SE",
    organisation_number="5560160680",
    subscriptions=0,
    requested_at=AT,
)
EXAMPLES = {
    "registerOrganisation": Example(
        body=RegisterOrganisation(
            kind="company", name="Åkeriet i Norr AB", country="SE", organisation_number="556012-5790"
        ),
        answer=replace(AS_IT_IS, without_administrator=True, version=1),
    ),
    "getOrganisation": Example(answer=AS_IT_IS),
    "changeOrganisation": Example(
        body=ChangeOrganisation(name="Åkeriet i Norrland AB"),
        answer=replace(AS_IT_IS, name="Åkeriet i Norrland AB", version=4),
    ),
    "requestNumberChange": Example(
        body=RequestNumberChange(organisation_number="556016-0680"),
        answer=replace(AS_IT_IS, pending_number_change="5560160680"),
    ),
    "withdrawNumberChange": Example(answer=AS_IT_IS),
    "eraseSoleTrader": Example(answer=Nothing()),
    "listVerifications": Example(
        parameters={"limit": 1},
        answer=VerificationPage(items=[WAITING], next=write_cursor(AT, VERIFICATION)),
    ),
    "verifyOrganisation": Example(
        body=VerifyOrganisation(verification_id=VERIFICATION, outcome="verified"),
        answer=replace(AS_IT_IS, organisation_number="5560160680", version=4),
    ),
    "listMembers": Example(
        parameters={"limit": 1},
        answer=MemberPage(items=[ADMINISTRATOR], next=write_cursor("Anna Ansvarig", ANNA)),
    ),
    "inviteMember": Example(
        body=InviteMember(
            name="Anna Ansvarig",
            email="anna@akeriet.example",
            mobile="+46701740605",
            language="sv",
            roles=[SYSTEM_ADMINISTRATOR],
        ),
        answer=InvitationView(id=INVITATION, organisation_id=COMPANY, person_id=ANNA, state="invited"),
    ),
    "listInvitations": Example(
        parameters={"limit": 1},
        answer=OpenInvitationPage(
            items=[
                OpenInvitationView(
                    id=INVITATION,
                    person_id=ANNA,
                    name="Anna Ansvarig",
                    email="anna@akeriet.example",
                    invited_by=BO,
                    sent_at=AT,
                    apps=[],
                    roles=[SYSTEM_ADMINISTRATOR],
                )
            ],
            next=write_cursor(AT, INVITATION),
        ),
    ),
    "resendInvitation": Example(
        answer=InvitationView(id=INVITATION, organisation_id=COMPANY, person_id=ANNA, state="invited")
    ),
    "withdrawInvitation": Example(answer=Nothing()),
    "changeRoles": Example(
        body=ChangeRoles(roles=[SYSTEM_ADMINISTRATOR, "program_administrator:payroll"]), answer=Nothing()
    ),
    "endMembership": Example(parameters={"person_id": BO}, answer=LeaveView(state="left")),
}
