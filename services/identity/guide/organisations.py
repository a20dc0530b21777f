"""Examples: organisations and their members."""

from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.openapi.guide import Example
from libs.shared.paging import write_cursor
from services.identity.guide.story import ADMINISTRATOR, ANNA, BO, COMPANY, INVITATION
from services.identity.usecases.change_roles import ChangeRoles
from services.identity.usecases.invite_member import InviteMember
from services.identity.usecases.register_organisation import RegisterOrganisation
from services.identity.views.leaving import LeaveView
from services.identity.views.nothing import Nothing
from services.identity.views.organisations import InvitationView, MemberPage, OrganisationView

EXAMPLES = {
    "registerOrganisation": Example(
        body=RegisterOrganisation(
            kind="company", name="Åkeriet i Norr AB", country="SE", organisation_number="556012-5790"
        ),
        answer=OrganisationView(
            id=COMPANY,
            kind="company",
            name="Åkeriet i Norr AB",
            country="SE",
            organisation_number="5560125790",
            subscription_number="S4711094212",
            language="sv",
            state="verified",
            without_administrator=True,
        ),
    ),
    "getOrganisation": Example(
        answer=OrganisationView(
            id=COMPANY,
            kind="company",
            name="Åkeriet i Norr AB",
            country="SE",
            organisation_number="5560125790",
            subscription_number="S4711094212",
            language="sv",
            state="verified",
            without_administrator=False,
        )
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
    "changeRoles": Example(
        body=ChangeRoles(roles=[SYSTEM_ADMINISTRATOR, "program_administrator:payroll"]), answer=Nothing()
    ),
    "endMembership": Example(parameters={"person_id": BO}, answer=LeaveView(state="left")),
}
