"""Examples: operators, service accounts, successors, exports."""

from libs.shared.openapi.guide import Example, example_id
from services.identity.guide.audit import ENTRY
from services.identity.guide.story import ACCOUNT, ANNA, AT, BO, COMPANY, INVITATION, SECRET
from services.identity.usecases.invite_operator import InviteOperator
from services.identity.usecases.name_successors import NameSuccessors, Successor
from services.identity.views.export import (
    ExportedInvitation,
    ExportedMembership,
    ExportedPerson,
    ExportedSecondFactor,
    ExportedSession,
    ExportView,
)
from services.identity.views.leaving import LeaveView
from services.identity.views.nothing import Nothing
from services.identity.views.operators import AccountPage, AccountView, OperatorPage, OperatorView
from services.identity.views.tokens import ServiceAccountView

OLGA = OperatorView(person_id=example_id("olga"), name="Olga Operator", email="olga@vendor.example", has_sign_in=False)
EXPORT = ExportView(
    generated_at=AT,
    person=ExportedPerson(
        id=ANNA,
        name="Anna Ansvarig",
        email="anna@akeriet.example",
        pending_email=None,
        mobile="+46701740605",
        language="sv",
        time_zone="Europe/Stockholm",
        operator=False,
        has_password=True,
    ),
    memberships=[
        ExportedMembership(
            id=example_id("membership"),
            organisation_id=COMPANY,
            state="active",
            roles=["system_administrator"],
            apps=[],
            username=None,
            leaving_since=None,
        )
    ],
    invitations=[
        ExportedInvitation(
            id=INVITATION,
            organisation_id=COMPANY,
            invited_by=example_id("olga"),
            name=None,
            email=None,
            apps=[],
            sent_at=AT,
            accepted_at=AT,
        )
    ],
    sessions=[
        ExportedSession(
            id=example_id("session"),
            kind="sign_in",
            program=None,
            company_id=None,
            agency_id=None,
            methods=["pwd"],
            scopes=[],
            created_at=AT,
            authenticated_at=AT,
            used_at=AT,
            expires_at=AT,
            ended_at=AT,
            ended_by="signed_out",
            user_agent="Mozilla/5.0",
            address="192.0.2.7",
        )
    ],
    second_factor=ExportedSecondFactor(in_use_since=None, recovery_codes_left=0),
    password_resets=[],
    email_changes=[],
    audit=[ENTRY],
    audit_next=None,
)

EXAMPLES = {
    "listOperators": Example(answer=OperatorPage(items=[OLGA], next=None)),
    "inviteOperator": Example(body=InviteOperator(name="Olga Operator", email="olga@vendor.example"), answer=OLGA),
    "removeOperator": Example(parameters={"person_id": OLGA.person_id}, answer=Nothing()),
    "exportPerson": Example(answer=EXPORT),
    "nameSuccessors": Example(
        body=NameSuccessors(successors=[Successor(organisation_id=COMPANY, person_id=BO)]),
        answer=LeaveView(state="left"),
    ),
    "listServiceAccounts": Example(
        answer=AccountPage(
            items=[
                AccountView(client_id=ACCOUNT, name="Payroll", scopes=["events.read"], created_at=AT, revoked_at=None)
            ],
            next=None,
        )
    ),
    "rotateSecret": Example(answer=ServiceAccountView(client_id=ACCOUNT, client_secret=SECRET, scopes=["events.read"])),
    "revokeServiceAccount": Example(answer=Nothing()),
}
