"""The HTTP process of notify."""

from litestar import Litestar

from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from libs.shared.introspection import Introspection
from libs.shared.keys import published_keys
from libs.shared.web import create_web_app
from services.notify.guide import GUIDE
from services.notify.queries import find_actor
from services.notify.routes import ROUTES, SANDBOX_ROUTES
from services.notify.settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Wire notify's API."""
    bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
    keys = published_keys(f"{settings.identity_url}/.well-known/jwks.json")
    introspection = Introspection(settings.identity_url)

    return create_web_app(
        service="notify",
        title="Fullmakt notify",
        database=Database(settings.database_url, source="notify", pool_size=settings.pool_size),
        tokens=TokenReader(settings.identity_url, keys, EndedSessions(bus), introspection),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
        bus=bus,
        on_shutdown=[introspection.close],
    )
