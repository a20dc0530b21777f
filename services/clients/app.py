"""The HTTP process of clients."""

from litestar import Litestar
from litestar.di import Provide

from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from libs.shared.introspection import Introspection
from libs.shared.keys import published_keys
from libs.shared.web import create_web_app
from services.clients.guide import GUIDE
from services.clients.queries import find_actor
from services.clients.routes import ROUTES, SANDBOX_ROUTES
from services.clients.settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Wire clients' API."""
    database = Database(settings.database_url, source="clients", pool_size=settings.pool_size)
    bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
    keys = published_keys(f"{settings.identity_url}/.well-known/jwks.json")
    introspection = Introspection(settings.identity_url)

    return create_web_app(
        service="clients",
        title="Fullmakt clients",
        database=database,
        tokens=TokenReader(settings.identity_url, keys, EndedSessions(bus), introspection),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
        dependencies={
            "bus": Provide(lambda: bus, sync_to_thread=False),
            "mail_token_secret": Provide(lambda: settings.mail_token_secret, sync_to_thread=False),
        },
        bus=bus,
        on_shutdown=[introspection.close],
    )
