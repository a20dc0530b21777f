"""Examples: tokens."""

from libs.shared.openapi.guide import Example
from services.identity.guide.story import ACCOUNT, KEY, SECRET, TOKEN
from services.identity.usecases.open_service_account import OpenServiceAccount, TokenRequest
from services.identity.views.tokens import KeySetView, ServiceAccountView

EXAMPLES = {
    "getKeys": Example(answer=KeySetView(keys=[KEY])),
    "getServiceToken": Example(body=TokenRequest(grant_type="client_credentials"), answer=TOKEN),
    "openServiceAccount": Example(
        body=OpenServiceAccount(name="Payroll", scopes=["access.decide", "events.read"]),
        answer=ServiceAccountView(client_id=ACCOUNT, client_secret=SECRET, scopes=["access.decide", "events.read"]),
    ),
}
