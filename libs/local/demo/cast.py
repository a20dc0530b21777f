"""Who plays in the demo: an operator, an agency with its people, companies with two administrators each."""

import asyncio
import os
import secrets
import subprocess
from typing import Any

import httpx
import msgspec

from libs.local.demo.caller import Caller, Unexpected, until
from libs.local.demo.companies import Company
from libs.local.layout import ROOT, python
from libs.local.system import System

OPERATOR = "operator@vendor.example"


class Player(msgspec.Struct, kw_only=True):
    """A person with a sign-in."""

    id: str
    name: str
    email: str
    caller: Caller


class Client(msgspec.Struct, kw_only=True):
    """A company of the demo and what happens to it."""

    company: Company
    id: str
    administrators: list[Player]
    request: dict[str, Any] = {}
    link_id: str = ""
    eligible_at: str = ""


class Stage:
    """The running system and how players come onto it."""

    def __init__(self, system: System, http: httpx.AsyncClient, password: str) -> None:
        self.system = system
        self.http = http
        self.password = password
        self.urls = system.urls
        self.catcher = system.catcher

    def caller(self) -> Caller:
        """Somebody not signed in."""
        return Caller(self.http, self.urls)

    async def operator(self) -> Player:
        """The platform operator, added by the command that the README names."""
        await asyncio.to_thread(self._add_operator)
        caller = self.caller()
        await caller.sign_in(OPERATOR, self.password)
        return Player(id="", name="Olga Operator", email=OPERATOR, caller=caller)

    def _add_operator(self) -> None:
        """Add the operator; one who is there already, from an earlier start, is fine."""
        database = self.system.status().postgres["identity"]["app"]
        added = subprocess.run(
            python("services.identity", "add-operator", OPERATOR, "Olga Operator"),
            input=f"{self.password}\n".encode(),
            env={**os.environ, "FULLMAKT_DATABASE_URL": database},
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
        if added.returncode not in {0, 1}:
            raise Unexpected(f"the operator could not be added: {added.stderr.decode()[-300:]}")

    async def decider(self) -> Caller:
        """Another system that asks for decisions; the operator lets it in."""
        operator = (await self.operator()).caller
        body = {"name": "Payroll", "scopes": ["access.decide"]}
        account = await operator.post("identity", "service-accounts", body)
        caller = self.caller()
        await caller.sign_in_as_service(account["client_id"], account["client_secret"])
        return caller

    async def register(self, operator: Player, kind: str, company: Company) -> str:
        """Register an organisation; its id."""
        body = {
            "kind": kind,
            "name": company.name,
            "country": company.country,
            "organisation_number": company.organisation_number,
        }
        return str((await operator.caller.post("identity", "organisations", body))["id"])

    async def invite(self, by: Player, organisation: str, name: str, email: str, *roles: str, **rest: str) -> Player:
        """Invite somebody, who opens the mail, sets a password and signs in."""
        body = {"name": name, "email": email, "roles": list(roles), **rest}
        invited = await by.caller.post("identity", f"organisations/{organisation}/invitations", body)
        token = await self.token_in_mail(email, "/invitations/")
        caller = self.caller()
        accepted = await caller.request(
            "POST", "identity", f"invitations/{token}/accept", json={"password": self.password}
        )
        if accepted.status_code != 200 and accepted.json()["code"] != "already_accepted":  # by a try without an answer
            raise Unexpected(f"{email} could not accept the invitation: {accepted.text[:300]}")
        await caller.sign_in(email, self.password)
        return Player(id=str(invited["person_id"]), name=name, email=email, caller=caller)

    async def mails(self, email: str, containing: str) -> list[dict[str, Any]]:
        """Mails to an address that lead to a link of this kind, or have this in their text."""
        answer = await self.http.get(f"{self.catcher}/messages", params={"to": email, "kind": "mail"})
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return [mail for mail in found if containing in mail["text"] or containing in mail["subject"]]

    async def token_in_mail(self, email: str, kind: str) -> str:
        """The token of the newest link of this kind in somebody's mail."""

        async def found() -> list[dict[str, Any]]:
            try:
                return await self.mails(email, kind)
            except httpx.HTTPError:
                return []

        mails = await until(found, f"a mail with a link to {kind} for {email}")
        for link in mails[-1]["links"]:
            if kind in link:
                return str(link).split(kind, 1)[1].split("?", 1)[0]
        raise Unexpected(f"the mail to {email} has no link to {kind}")


def new_password() -> str:
    """A password for all players of one run."""
    return secrets.token_urlsafe(12)
