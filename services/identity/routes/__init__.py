"""The HTTP API of identity; each module is the routes of one topic."""

from libs.shared.clock import put_clock
from libs.shared.feed import read_feed
from libs.shared.snapshot import read_snapshot
from services.identity.routes import (
    audit,
    client_users,
    credentials,
    current_session,
    leaving,
    members,
    operators,
    organisations,
    people,
    second_factors,
    service_accounts,
    sessions,
    signing_in,
    tokens,
    verifications,
)

ROUTES = [
    *tokens.ROUTES,
    *signing_in.ROUTES,
    *current_session.ROUTES,
    *sessions.ROUTES,
    *credentials.ROUTES,
    *second_factors.ROUTES,
    *people.ROUTES,
    *organisations.ROUTES,
    *verifications.ROUTES,
    *members.ROUTES,
    *leaving.ROUTES,
    *audit.ROUTES,
    *operators.ROUTES,
    *client_users.ROUTES,
    *service_accounts.ROUTES,
    read_feed,
    read_snapshot,
]
SANDBOX_ROUTES = [put_clock]
