"""What was approved is on the activation list; admins activate it, others may not."""

from functools import partial
from typing import Any

from libs.local.demo.caller import until
from libs.local.demo.cast import Client
from libs.local.demo.play import Play


async def activate(play: Play) -> None:
    """What was approved is on the activation list; admins activate it, others may not."""
    async with play.screen.step("every client that approved is on the activation list"):
        await until(partial(_listed, play), "the activation list is complete")
    async with play.screen.step("a plain consultant who tries to activate is refused"):
        path = play.of_agency("clients", play.linked[0].link_id, "activate")
        told = await play.karl.caller.post("access", path, {}, expect=403)
        play.screen.say(str(told["detail"]))
    async with play.screen.step("two admins activate the clients, each gets the administration of theirs"):
        await play.screen.each(play.linked, partial(_activate, play), "activations")
    async with play.screen.step("the client list shows them as active"):
        await until(partial(_shown_as_active, play), "the client list follows the activations")


async def _listed(play: Play) -> bool:
    waiting: dict[str, dict[str, Any]] = {}
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = await play.ada.caller.get("access", play.of_agency("activation-list"), **query)
        waiting |= {item["company_id"]: item for item in page["items"]}
        if page["next"] is None:
            break
        query["after"] = page["next"]
    if set(waiting) != {client.id for client in play.linked}:
        return False
    for client in play.linked:
        client.link_id = waiting[client.id]["link_id"]
        client.eligible_at = waiting[client.id]["eligible_at"]
    return True


async def _activate(play: Play, client: Client) -> None:
    path = play.of_agency("clients", client.link_id, "activate")
    await play.admin_of(client).caller.post("access", path, {}, expect=200)


async def _shown_as_active(play: Play) -> bool:
    return {row["company_id"] for row in await rows(play) if row["state"] == "active"} == {
        client.id for client in play.linked
    }


async def rows(play: Play) -> list[dict[str, Any]]:
    """The agency's whole client list."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = await play.ada.caller.get("clients", play.of_agency("clients"), **query)
        found += page["items"]
        if page["next"] is None:
            return found
        query["after"] = page["next"]
