"""Who and what the examples speak of."""

from datetime import UTC, datetime

from fullmakt.events import MembershipChanged
from fullmakt.roles import SYSTEM_ADMINISTRATOR

from libs.shared.openapi.guide import example_id
from services.identity.views.organisations import MemberView
from services.identity.views.tokens import TokenView

COMPANY, ANNA, BO = example_id("company"), example_id("anna"), example_id("bo")
INVITATION, ACCOUNT = example_id("invitation"), example_id("service account")
VERIFICATION = example_id("verification")
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
    person_id=ANNA, name="Anna Ansvarig", email="anna@akeriet.example", roles=[SYSTEM_ADMINISTRATOR], leaving=False
)
JOINED = MembershipChanged(
    membership_id=example_id("membership"),
    organisation_id=COMPANY,
    organisation_kind="company",
    person_id=ANNA,
    state="active",
    roles=(SYSTEM_ADMINISTRATOR,),
)
