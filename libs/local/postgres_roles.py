"""The databases, their roles, and what these may do."""

import secrets
from collections.abc import Iterable

DATABASES = ("identity", "clients", "access", "notify")
SUPERUSER = "postgres"
ROLES = (SUPERUSER, *(f"{service}_{kind}" for service in DATABASES for kind in ("owner", "app")))


def new_passwords() -> dict[str, str]:
    """Return a random password for each role."""
    return {role: secrets.token_urlsafe(24) for role in ROLES}


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def create_roles() -> str:
    """SQL that makes the roles: none of them may pass by row-level security or make others."""
    attributes = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
    names = [f"{service}_{kind}" for service in DATABASES for kind in ("owner", "app")]
    return "".join(f"CREATE ROLE {identifier(name)} {attributes};\n" for name in names)


def set_passwords(passwords: dict[str, str]) -> str:
    """SQL that gives the roles these passwords; a line each, as Postgres' single-user mode wants it."""
    return "".join(f"ALTER ROLE {identifier(role)} PASSWORD '{value}';\n" for role, value in passwords.items())


def close_to_public(database: str) -> str:
    """SQL that takes from everybody what they get in a new database: CONNECT and TEMPORARY."""
    return f"REVOKE ALL ON DATABASE {identifier(database)} FROM PUBLIC;\n"


def open_to(database: str, service: str) -> str:
    """SQL that lets a service's app role in; privileges on a database aren't copied from its template."""
    return close_to_public(database) + f"GRANT CONNECT ON DATABASE {identifier(database)} TO {service}_app;\n"


def create_databases(services: Iterable[str] = DATABASES) -> str:
    """SQL that makes each service's database, owned by its owner role."""
    created = "".join(
        f"CREATE DATABASE {service} OWNER {service}_owner;\n{open_to(service, service)}" for service in services
    )
    return close_to_public("postgres") + close_to_public("template1") + created


def prepare_schema(service: str) -> str:
    """SQL for inside a service's database: the owner owns the schema, the app may use it and make nothing in it."""
    return (
        f"ALTER SCHEMA public OWNER TO {service}_owner;\n"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;\n"
        f"GRANT USAGE ON SCHEMA public TO {service}_app;\n"
    )
