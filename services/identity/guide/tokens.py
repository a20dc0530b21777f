"""Examples: tokens."""

from libs.shared.openapi.guide import Example
from services.identity.guide.story import ACCOUNT, KEY, PASSWORD, SECRET, TOKEN
from services.identity.routes.grants import TokenRequest
from services.identity.usecases.open_service_account import OpenServiceAccount
from services.identity.usecases.sign_in import SignIn
from services.identity.views.oidc import GrantedView
from services.identity.views.tokens import KeySetView, ServiceAccountView

EXAMPLES = {
    "getKeys": Example(answer=KeySetView(keys=[KEY])),
    "signIn": Example(body=SignIn(email="anna@akeriet.example", password=PASSWORD), answer=TOKEN),
    "getServiceToken": Example(
        body=TokenRequest(grant_type="client_credentials"),
        answer=GrantedView(access_token=TOKEN.access_token, expires_in=600, scope="access.decide events.read"),
    ),
    "openServiceAccount": Example(
        body=OpenServiceAccount(name="Payroll", scopes=["access.decide", "events.read"]),
        answer=ServiceAccountView(client_id=ACCOUNT, client_secret=SECRET, scopes=["access.decide", "events.read"]),
    ),
}
