"""What the OpenAPI document of identity tells beyond the code: what parameters mean, and one story of examples."""

from datetime import UTC, datetime

from fullmakt.events import MembershipChanged
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples, example_id
from libs.shared.paging import write_cursor
from services.identity.usecases.accept_invitation import AcceptInvitation
from services.identity.usecases.change_roles import ChangeRoles
from services.identity.usecases.invite_member import InviteMember
from services.identity.usecases.open_service_account import OpenServiceAccount, TokenRequest
from services.identity.usecases.register_organisation import RegisterOrganisation
from services.identity.usecases.sign_in import SignIn
from services.identity.views import (
    InvitationView,
    KeySetView,
    MemberPage,
    MemberView,
    MeView,
    Nothing,
    OrganisationView,
    PlaceView,
    ServiceAccountView,
    TokenView,
)

COMPANY, ANNA, BO = example_id("company"), example_id("anna"), example_id("bo")
INVITATION, ACCOUNT = example_id("invitation"), example_id("service account")
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
PASSWORD = "three words and a river"  # noqa: S105 - an example
SECRET = "Zk3v1q0c7uV8wYb2nR5tLx9mD4hJ6gPa"  # noqa: S105
TOKEN = TokenView(
    access_token="eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJwZXJzb246NmYifQ.c2lnbmF0dXJl",  # noqa: S106
    expires_in=600,
)
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "use": "sig",
    "alg": "ES256",
    "kid": "f2x0K6Q4hQ8",
    "x": "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis",
    "y": "y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE",
}
ADMINISTRATOR = MemberView(
    person_id=ANNA, name="Anna Ansvarig", email="anna@akeriet.example", roles=[SYSTEM_ADMINISTRATOR]
)
JOINED = MembershipChanged(
    membership_id=example_id("membership"),
    organisation_id=COMPANY,
    organisation_kind="company",
    person_id=ANNA,
    state="active",
    roles=(SYSTEM_ADMINISTRATOR,),
)

GUIDE = Guide(
    introduction="Organisations, people, their roles at their own organisation, and access tokens.",
    tags={
        "tokens": "Signing in, and the keys that tokens are checked by.",
        "people": "The signed-in person, invitations, erasure.",
        "organisations": "Agencies and companies, and their members.",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter(
            "The organisation; the caller is a member of it, or a platform operator.", COMPANY
        ),
        "person_id": Parameter("The person.", ANNA),
        "token": Parameter("The last part of the address in the mail.", "aW52aXRhdGlvbg.YW5uYQ.c2lnbmF0dXJl"),
    },
    examples={
        "getKeys": Example(answer=KeySetView(keys=[KEY])),
        "signIn": Example(body=SignIn(email="anna@akeriet.example", password=PASSWORD), answer=TOKEN),
        "getServiceToken": Example(body=TokenRequest(grant_type="client_credentials"), answer=TOKEN),
        "getMe": Example(
            answer=MeView(
                person_id=ANNA,
                name="Anna Ansvarig",
                email="anna@akeriet.example",
                language="sv",
                time_zone="Europe/Stockholm",
                operator=False,
                memberships=[PlaceView(organisation_id=COMPANY, roles=[SYSTEM_ADMINISTRATOR])],
            )
        ),
        "erasePerson": Example(answer=Nothing()),
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
        "acceptInvitation": Example(
            body=AcceptInvitation(password=PASSWORD),
            answer=InvitationView(id=INVITATION, organisation_id=COMPANY, person_id=ANNA, state="accepted"),
        ),
        "changeRoles": Example(
            body=ChangeRoles(roles=[SYSTEM_ADMINISTRATOR, "program_administrator:payroll"]), answer=Nothing()
        ),
        "endMembership": Example(parameters={"person_id": BO}, answer=Nothing()),
        "openServiceAccount": Example(
            body=OpenServiceAccount(name="Payroll", scopes=["access.decide", "events.read"]),
            answer=ServiceAccountView(client_id=ACCOUNT, client_secret=SECRET, scopes=["access.decide", "events.read"]),
        ),
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(JOINED, version=2, at=AT, actor=f"person:{ANNA}"),
    },
)
