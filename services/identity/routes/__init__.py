"""The HTTP API of identity; each module is the routes of one topic."""

from libs.shared.clock import put_clock
from libs.shared.feed import read_feed
from libs.shared.snapshot import read_snapshot
from services.identity.routes import (
    authorizations,
    members,
    oidc,
    organisations,
    people,
    programs,
    service_accounts,
    signing_in,
    tokens,
)

ROUTES = [
    *tokens.ROUTES,
    *oidc.ROUTES,
    *authorizations.ROUTES,
    *programs.ROUTES,
    *signing_in.ROUTES,
    *people.ROUTES,
    *organisations.ROUTES,
    *members.ROUTES,
    *service_accounts.ROUTES,
    read_feed,
    read_snapshot,
]
ROOT_ROUTES = [*oidc.ROOT_ROUTES]
SANDBOX_ROUTES = [put_clock]
