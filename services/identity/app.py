"""The HTTP process of identity."""

from litestar import Litestar
from litestar.di import Provide

from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from libs.shared.web import create_web_app
from services.identity.guide import GUIDE
from services.identity.introspection import introspect_by
from services.identity.keys import Keyring
from services.identity.limits import Limits
from services.identity.live import ask_way_in
from services.identity.queries import find_actor
from services.identity.responders import answer_questions
from services.identity.routes import ROOT_ROUTES, ROUTES, SANDBOX_ROUTES
from services.identity.sealing import Sealer
from services.identity.settings import Settings
from services.identity.tokens import TokenIssuer
from services.identity.usecases.sign_in import Gate


def create_app(settings: Settings) -> Litestar:
    """Wire identity's API."""
    database = Database(settings.database_url, source="identity", pool_size=settings.pool_size)
    bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
    sealer = Sealer(settings.key_secret)
    gate = Gate(database=database, sealer=sealer, limits=Limits(database, sealer))
    keyring = Keyring(database, sealer)
    issuer = TokenIssuer(issuer=settings.public_url, keys=keyring, minutes=settings.token_minutes)

    return create_web_app(
        service="identity",
        title="Fullmakt identity",
        database=database,
        tokens=TokenReader(settings.public_url, issuer.jwks, EndedSessions(bus), introspect_by(database)),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
        root_routes=ROOT_ROUTES,
        dependencies={
            "bus": Provide(lambda: bus, sync_to_thread=False),
            "issuer": Provide(lambda: issuer, sync_to_thread=False),
            "gate": Provide(lambda: gate, sync_to_thread=False),
            "ask_way_in": Provide(lambda: ask_way_in(bus), sync_to_thread=False),
            "portal_url": Provide(lambda: settings.portal_url, sync_to_thread=False),
            "sealer": Provide(lambda: sealer, sync_to_thread=False),
            "mail_token_secret": Provide(lambda: settings.mail_token_secret, sync_to_thread=False),
        },
        bus=bus,
        answer_questions=lambda bus: answer_questions(bus, database),
    )
