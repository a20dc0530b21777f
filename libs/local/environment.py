"""The settings that each service gets, as environment variables."""

import os
from collections.abc import Mapping

from libs.local.home import Secrets
from libs.local.nats import Nats
from libs.local.nats_permissions import SERVICES
from libs.local.ports import HOST
from libs.local.postgres import Cluster
from libs.local.postgres_roles import DATABASES

PREFIX = "FULLMAKT_"
SHARES_MAIL_TOKENS = ("identity", "clients", "notify")


def service_urls(ports: Mapping[str, int]) -> dict[str, str]:
    """Return where each service is reached, its prefix included; the portal has none."""
    urls = {service: f"http://{HOST}:{ports[service]}/{service}" for service in SERVICES}
    return urls | {"portal": f"http://{HOST}:{ports['portal']}"}


def environment(
    service: str, ports: Mapping[str, int], cluster: Cluster, nats: Nats, secrets: Secrets
) -> dict[str, str]:
    """Return a service's whole environment: ours, with what the caller set, and what only we know on top."""
    settings = _addresses(service, ports) | _connections(service, cluster, nats) | _secrets(service, secrets)
    inherited = {name: value for name, value in os.environ.items() if name != f"{PREFIX}DATABASE_OWNER_URL"}
    chosen = {f"{PREFIX}{name}": value for name, value in settings.items()}
    return {f"{PREFIX}SANDBOX": "1", f"{PREFIX}LOG_LEVEL": "INFO"} | inherited | chosen


def _addresses(service: str, ports: Mapping[str, int]) -> dict[str, str]:
    urls = service_urls(ports)
    mail = {"SMTP_HOST": HOST, "SMTP_PORT": str(ports["smtp"]), "MAIL_FROM": "Fullmakt <no-reply@fullmakt.example>"}
    own = {"HOST": HOST, "PORT": str(ports[service]), "PUBLIC_URL": urls[service]}
    others = {f"{name.upper()}_URL": url for name, url in urls.items()}
    return own | others | mail | {"SMS_GATEWAY_URL": f"http://{HOST}:{ports['catcher']}/sms"}


def _connections(service: str, cluster: Cluster, nats: Nats) -> dict[str, str]:
    """Databases and NATS are for those who have a user there; the portal has neither."""
    settings = {"DATABASE_URL": cluster.url(service, "app")} if service in DATABASES else {}
    if service in SERVICES:
        settings |= {"NATS_URL": nats.url, "NATS_USER": service, "NATS_PASSWORD": nats.passwords[service]}
    return settings


def _secrets(service: str, secrets: Secrets) -> dict[str, str]:
    settings = {"MAIL_TOKEN_SECRET": secrets.mail_token_secret} if service in SHARES_MAIL_TOKENS else {}
    return settings | ({"KEY_SECRET": secrets.key_secret} if service == "identity" else {})
