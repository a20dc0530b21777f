"""Administrators open their links; one approves, another comes later, one company declines."""

from functools import partial

import httpx

from libs.local.demo.asking import find_and_ask
from libs.local.demo.caller import until
from libs.local.demo.cast import Client, Player
from libs.local.demo.play import Play, require


async def answer(play: Play) -> None:
    """Administrators open their links, one approves, another comes later, one company declines."""
    async with play.screen.step("opening the links approves nothing, however often a scanner does it"):
        await play.screen.each(play.clients, partial(_open_links, play), "links")
    outcomes = len(play.clients)
    if play.declining is None:
        await _decline_at_first(play, play.clients[0])
        outcomes += 1
    async with play.screen.step("one administrator of each company signs in and approves"):
        willing = [client for client in play.clients if client is not play.declining]
        await play.screen.each(willing, _approve, "approvals")
    async with play.screen.step("the second administrator who clicks later sees who approved, and when"):
        await play.screen.each(willing, _come_later, "second looks")
    if play.declining is not None:
        await _decline(play, play.declining)
    async with play.screen.step("a request to a company already linked is refused clearly"):
        body = {"company_id": willing[0].id}
        told = await play.karl.caller.post("clients", play.of_agency("link-requests"), body, expect=409)
        require(told["code"] == "already_linked", f"it was refused as {told['code']}")
        play.screen.say(f"{willing[0].company.name}: {told['detail']}")
    async with play.screen.step("sender and the agency's admins got the mails of the outcome"):
        for player in (play.ada, play.adam, play.karl):
            await _got_outcomes(play, player, outcomes)


async def _open_links(play: Play, client: Client) -> None:
    for administrator in client.administrators:
        token = await play.stage.token_in_mail(administrator.email, "/approve/")
        for _ in range(2):
            seen = await play.stage.caller().get("clients", f"approvals/{token}")
            require(seen["state"] == "pending", f"opening a link made a request {seen['state']}")


async def _approve(client: Client) -> None:
    path = f"organisations/{client.id}/link-requests/{client.request['id']}/accept"
    client.request = await client.administrators[0].caller.post("clients", path, expect=200)
    require(client.request["state"] == "accepted", f"{client.company.name} is {client.request['state']}")
    client.link_id = "accepted"


async def _come_later(client: Client) -> None:
    first, second = client.administrators
    path = f"organisations/{client.id}/link-requests/{client.request['id']}"
    seen = await second.caller.get("clients", path)
    require(seen["decided_by"] == first.id, f"{second.name} sees {seen['decided_by_name']} as who approved")
    require(seen["decided_at"] == client.request["decided_at"], "the time of the approval changed")
    again = await second.caller.post("clients", f"{path}/accept", expect=200)
    require(again["decided_by"] == first.id, "approving twice changed who approved")


async def _decline(play: Play, client: Client) -> None:
    async with play.screen.step(f"{client.company.name} declines, with a reason"):
        path = f"organisations/{client.id}/link-requests/{client.request['id']}/decline"
        body = {"reason": "We keep our books ourselves."}
        client.request = await client.administrators[1].caller.post("clients", path, body, expect=200)
        require(client.request["state"] == "declined", f"it is {client.request['state']}")


async def _decline_at_first(play: Play, client: Client) -> None:
    """The only company there is says no, and yes to a new request."""
    await _decline(play, client)
    async with play.screen.step("after the decline a new request is welcome"):
        await find_and_ask(play, client)
        require(client.request["state"] == "pending", f"the new request is {client.request['state']}")


async def _got_outcomes(play: Play, player: Player, outcomes: int) -> None:
    async def arrived() -> bool:
        try:
            mails = await play.stage.mails(player.email, "")
        except httpx.HTTPError:
            return False
        about = {mail["headers"].get("Message-ID") for mail in mails if "/invitations/" not in mail["text"]}
        return len(about) >= outcomes

    await until(arrived, f"{outcomes} mails of the outcome for {player.name}")
