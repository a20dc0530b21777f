"""The HTTP API of identity; each module is the routes of one topic."""

from libs.shared.clock import put_clock
from libs.shared.feed import read_feed
from libs.shared.snapshot import read_snapshot
from services.identity.routes import (
    audit,
    authorizations,
    client_users,
    credentials,
    current_session,
    invitations,
    leaving,
    members,
    oidc,
    operators,
    organisations,
    people,
    programs,
    second_factors,
    service_accounts,
    sessions,
    signing_in,
    tokens,
    verifications,
)

ROUTES = [
    *tokens.ROUTES,
    *oidc.ROUTES,
    *authorizations.ROUTES,
    *programs.ROUTES,
    *signing_in.ROUTES,
    *current_session.ROUTES,
    *sessions.ROUTES,
    *credentials.ROUTES,
    *second_factors.ROUTES,
    *people.ROUTES,
    *organisations.ROUTES,
    *verifications.ROUTES,
    *members.ROUTES,
    *invitations.ROUTES,
    *leaving.ROUTES,
    *audit.ROUTES,
    *operators.ROUTES,
    *client_users.ROUTES,
    *service_accounts.ROUTES,
    read_feed,
    read_snapshot,
]
ROOT_ROUTES = [*oidc.ROOT_ROUTES]
SANDBOX_ROUTES = [put_clock]
