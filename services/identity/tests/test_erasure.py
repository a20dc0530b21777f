import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from libs.local.postgres import Cluster
from services.identity.models import EmailChange, Person
from services.identity.sessions import real_now
from services.identity.tests.kit import PASSWORD, member, operator, organisation
from services.identity.tests.places import ADMIN, ORGANISATIONS, at_program, ended, remove, rows, signed_in
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
EMAIL, NEW_EMAIL, MOBILE = "zebulon@c.test", "zebulon.new@c.test", "+46701740605"
TRACES = ("Zebulon", EMAIL, NEW_EMAIL, "zebulon", MOBILE, "Netscape Navigator 4.7", "203.0.113.77", "zeb-username")
COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
"""


async def everything(cluster: Cluster, app: App) -> dict[str, str]:
    """All that stands in each column of the database, whoever's it is: as text, bytes read as UTF-8."""
    name = make_url(app.database.url).database
    assert name is not None
    connection = await asyncpg.connect(cluster.superuser_url(database=name))
    try:
        columns = [tuple(row) for row in await connection.fetch(COLUMNS)]
        return {
            f"{table}.{column}": "\n".join(
                row[0].decode(errors="replace") if isinstance(row[0], bytes) else str(row[0])
                for row in await connection.fetch(f'SELECT "{column}" FROM "{table}"')  # noqa: S608 - from the catalogue
            )
            for table, column in columns
        }
    finally:
        await connection.close()


def traces(content: dict[str, str]) -> dict[str, list[str]]:
    """In which columns something of the person stands, and what."""
    found = {place: [trace for trace in TRACES if trace in text] for place, text in content.items()}
    return {place: each for place, each in found.items() if each}


async def zebulon(app: App, by: UUID) -> tuple[UUID, UUID]:
    """Somebody with something of theirs in every table that can hold it; and where they are a member."""
    company = await organisation(app, by)
    boss = await member(app, by, company, "boss@c.test", ADMIN)
    body = {"name": "Zebulon Qvarn", "email": EMAIL, "mobile": MOBILE}
    path = f"{ORGANISATIONS}/{company}/invitations"
    await app.call("POST", path, by=boss, body=body, headers={"Idempotency-Key": "stored"})
    person = await member(app, by, await organisation(app, by), EMAIL, ADMIN)
    await member(app, by, await organisation(app, by), EMAIL)
    sign_in = await signed_in(app, person)
    program = await at_program(app, person, sign_in, company=company)
    async with app.database.begin(person) as tx:
        row = await tx.lock(Person, person, visible_to=person)
        now = await real_now(tx)
        change = EmailChange(id=uuid4(), person_id=person, requested_at=now, expires_at=now, state="pending")
        change.version = 1
        tx.add(change)
        row.want_email(NEW_EMAIL, change.id)
    for statement in (
        "INSERT INTO second_factor VALUES (:id, 'sealed', now()) RETURNING 1",
        "INSERT INTO recovery_code VALUES (:id, 'hash') RETURNING 1",
        "INSERT INTO password_reset VALUES (gen_random_uuid(), :id, now(), now(), NULL, 1) RETURNING 1",
        "INSERT INTO refresh_token VALUES (gen_random_uuid(), :program, :id, 'hash', now()) RETURNING 1",
        "INSERT INTO authorization_code VALUES (:program, :id, 'hash', 'https://p.test', 'x', 'n', now()) RETURNING 1",
    ):
        await rows(app, person, statement, id=person, program=program)
    username = "UPDATE membership SET username = 'zeb-username' WHERE person_id = :id RETURNING 1"
    await rows(app, company, username, id=person)
    return person, company


async def test_an_only_administrator_with_colleagues_names_a_successor_before_they_erase_themselves(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    company, alone = await organisation(identity, by), await organisation(identity, by)
    people = [await member(identity, by, company, f"p{number}@c.test", ADMIN) for number in range(2)]
    hermit = await member(identity, by, alone, "hermit@c.test", ADMIN)
    path = "/identity/v1/people/{}"

    both = await asyncio.gather(*(identity.call("DELETE", path.format(each), by=each) for each in people))
    single = await identity.call("DELETE", path.format(hermit), by=hermit)

    assert sorted(answer.status_code for answer in both) == [200, 200]
    assert single.status_code == 200
    ada = await member(identity, by, company, "ada@c.test", ADMIN)
    await member(identity, by, company, "plain@c.test")
    refused = await identity.call("DELETE", path.format(ada), by=ada)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")
    assert refused.json()["more"] == {"organisations": [str(company)]}
    assert (await identity.call("DELETE", path.format(ada), by=by)).status_code == 200


async def test_erasing_leaves_nothing_of_a_person_in_any_column_and_signs_nobody_in(
    app: AppOf, cluster: Cluster
) -> None:
    identity = await app("identity")
    by = await operator(identity)
    person, _ = await zebulon(identity, by)
    before = traces(await everything(cluster, identity))
    assert {"person.name", "person.pending_email", "membership.username", "session.address", "outbox.body"} <= set(
        before
    )
    assert {trace for found in before.values() for trace in found} == set(TRACES)

    answer = await identity.call("DELETE", f"/identity/v1/people/{person}", by=person)

    assert answer.status_code == 200, answer.text
    assert traces(await everything(cluster, identity)) == {}
    assert set((await ended(identity, person)).values()) == {"erased"}
    kept = " + ".join(
        f"(SELECT count(*) FROM {table})"  # noqa: S608 - names from here
        for table in ("second_factor", "recovery_code", "authorization_code", "refresh_token")
    )
    assert await rows(identity, person, f"SELECT {kept}") == [(0,)]
    assert await rows(identity, person, "SELECT DISTINCT state, username FROM membership") == [("ended", None)]
    signing_in = {"email": EMAIL, "password": PASSWORD}
    assert (await identity.call("POST", "/identity/v1/sign-in", body=signing_in)).status_code == 401
    assert (await identity.call("GET", f"/identity/v1/people/{person}/export", by=by)).status_code == 404


async def test_who_left_and_is_erased_later_leaves_nothing_either(app: AppOf, cluster: Cluster) -> None:
    identity = await app("identity")
    by = await operator(identity)
    person, _ = await zebulon(identity, by)
    for (place,) in await rows(identity, person, "SELECT organisation_id FROM membership WHERE state <> 'ended'"):
        await remove(identity, place, person, by=by)

    await identity.call("DELETE", f"/identity/v1/people/{person}", by=by)

    assert traces(await everything(cluster, identity)) == {}


async def export(app: App, person: UUID, by: UUID) -> dict[str, Any]:
    """Everything that is given out of a person."""
    answer = await app.call("GET", f"/identity/v1/people/{person}/export", by=by)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    exported: dict[str, Any] = answer.json()
    return exported


async def test_an_export_has_all_that_there_is_of_a_person_and_no_secret(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    person, company = await zebulon(identity, by)
    ((first,),) = await rows(identity, company, "SELECT id FROM invitation WHERE person_id = :person", person=person)
    await remove(identity, company, person, by=by)

    own, operators = await export(identity, person, person), await export(identity, person, by)

    assert {key: own[key] for key in own if key not in {"generated_at", "audit"}} == {
        key: operators[key] for key in operators if key not in {"generated_at", "audit"}
    }
    assert own["version"] == 1
    assert own["person"]["email"] == EMAIL
    assert own["person"]["pending_email"] == NEW_EMAIL
    assert sorted(place["state"] for place in own["memberships"]) == ["active", "active", "ended"]
    assert str(first) in {invitation["id"] for invitation in own["invitations"]}
    assert len(own["invitations"]) == 3
    assert {(session["kind"], session["ended_by"]) for session in own["sessions"]} == {
        ("sign_in", None),
        ("program", "left"),
    }
    assert own["second_factor"]["in_use_since"] is not None
    assert own["second_factor"]["recovery_codes_left"] == 1
    assert (len(own["password_resets"]), len(own["email_changes"])) == (1, 1)
    assert [entry["action"] for entry in own["audit"]][:1] == ["end_membership"]
    assert [entry["action"] for entry in operators["audit"]][:1] == ["export_person"]
    text = json.dumps(own)
    for secret in ("argon2", "sealed", "hash", "secret"):
        assert secret not in text


async def test_others_are_not_given_an_export(app: AppOf) -> None:
    identity = await app("identity")
    by = await operator(identity)
    person, company = await zebulon(identity, by)
    ((boss,),) = await rows(identity, None, "SELECT person_by_email('boss@c.test')")

    answer = await identity.call("GET", f"/identity/v1/people/{person}/export", by=boss)

    assert answer.status_code == 404
    assert company


@pytest.mark.parametrize("most", [1, 3])
async def test_an_export_that_is_too_long_says_where_it_goes_on(
    app: AppOf, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    identity = await app("identity")
    by = await operator(identity)
    person, _ = await zebulon(identity, by)
    whole = (await identity.call("GET", f"/identity/v1/people/{person}/audit?limit=200", by=person)).json()["items"]
    monkeypatch.setattr("services.identity.usecases.export_person.PAGE", 1)
    monkeypatch.setattr("services.identity.usecases.export_person.export_person.__kwdefaults__", {"most": most})

    exported = await export(identity, person, person)

    path = f"/identity/v1/people/{person}/audit?limit=200&after={exported['audit_next']}"
    rest = (await identity.call("GET", path, by=person)).json()["items"]
    assert len(exported["audit"]) == most
    assert [entry["id"] for entry in exported["audit"] + rest] == [entry["id"] for entry in whole]
