"""The HTTP process of identity."""

from litestar import Litestar
from litestar.di import Provide

from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.web import create_web_app
from services.identity.guide import GUIDE
from services.identity.queries import find_actor
from services.identity.responders import answer_questions
from services.identity.routes import ROUTES, SANDBOX_ROUTES
from services.identity.settings import Settings
from services.identity.tokens import TokenIssuer


def create_app(settings: Settings) -> Litestar:
    """Wire identity's API."""
    database = Database(settings.database_url, source="identity", pool_size=settings.pool_size)
    bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
    issuer = TokenIssuer(issuer=settings.public_url, signing_key=settings.signing_key, minutes=settings.token_minutes)

    return create_web_app(
        service="identity",
        title="Fullmakt identity",
        database=database,
        tokens=TokenReader(settings.public_url, issuer.jwks),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
        dependencies={
            "bus": Provide(lambda: bus, sync_to_thread=False),
            "issuer": Provide(lambda: issuer, sync_to_thread=False),
            "mail_token_secret": Provide(lambda: settings.mail_token_secret, sync_to_thread=False),
        },
        bus=bus,
        answer_questions=lambda bus: answer_questions(bus, database),
    )
