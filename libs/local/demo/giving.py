"""A bulk job gives access and programs; what is not allowed is listed with its reason."""

from functools import partial
from typing import Any

from libs.local.demo.caller import Caller, until
from libs.local.demo.play import PROGRAMS, Play, require


async def give(play: Play) -> None:
    """A bulk job gives access and programs; what is not allowed is listed with its reason."""
    async with play.screen.step("a consultant leaves the agency"):
        await play.ada.caller.delete("identity", play.of_agency("members", play.lars.id))
        decider = await play.stage.decider()
        await until(partial(_lars_is_out, play, decider), "access has heard that Lars left")
    consultants = [play.karl, play.lars]
    async with play.screen.step(
        f"a job: {len(play.linked)} clients × {len(consultants)} consultants × access and {len(PROGRAMS)} programs"
    ):
        body = {
            "clients": [client.link_id for client in play.linked],
            "consultants": [player.id for player in consultants],
            "programs": PROGRAMS,
        }
        play.job = await play.ada.caller.post("access", play.of_agency("jobs"), body, expect=202)
        await _watch(play)
    async with play.screen.step("the result lists every item: done, or not and why"):
        await _read_items(play)
        _check_items(play)
    async with play.screen.step("the result is a notice to who started it"):
        await until(partial(_noticed, play), "a notice of the job's result")


async def _lars_is_out(play: Play, decider: Caller) -> bool:
    """Whether access knows; he can't ask himself, since his sign-in ended with his only place."""
    question = {
        "subject": {"type": "user", "id": play.lars.id},
        "action": {"name": "use"},
        "resource": {"type": "program", "id": PROGRAMS[0], "properties": {"client": play.linked[0].id}},
    }
    answer = await decider.post("access", "evaluation", question, expect=200)
    return bool(answer["context"]["reason"] == "not_a_member")


async def _watch(play: Play) -> None:
    total = play.job["total"]

    async def finished() -> bool:
        play.job = await play.ada.caller.get("access", play.of_agency("jobs", play.job["id"]))
        return bool(play.job["state"] == "finished")

    await until(finished, "the job is through")
    counted = play.job["done"] + play.job["unchanged"] + play.job["refused"]
    require(counted == total, f"{counted} of {total} items have an outcome")


async def _read_items(play: Play) -> None:
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = await play.ada.caller.get("access", play.of_agency("jobs", play.job["id"], "items"), **query)
        play.items += page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


def _check_items(play: Play) -> None:
    require(len(play.items) == play.job["total"], f"{len(play.items)} items are listed of {play.job['total']}")
    for client in play.linked:
        here = [item for item in play.items if item["link_id"] == client.link_id]
        karl = {item["program"]: item for item in here if item["person_id"] == play.karl.id}
        require(karl[None]["outcome"] == "done", f"access to {client.company.name}: {karl[None]}")
        expected = "done" if play.admin_of(client) is play.ada else "refused"
        for program in PROGRAMS:
            require(karl[program]["outcome"] == expected, f"{program} at {client.company.name}: {karl[program]}")
        require(
            all(item["outcome"] == "refused" for item in here if item["person_id"] == play.lars.id),
            f"somebody who left got something at {client.company.name}",
        )
    reasons: dict[str, int] = {}
    for item in play.items:
        if item["outcome"] == "refused":
            require(item["reason"], f"an item was refused without a reason: {item}")
            reasons[item["reason"]] = reasons.get(item["reason"], 0) + 1
    play.screen.say(f"done {play.job['done']}, refused {play.job['refused']}: {reasons}")


async def _noticed(play: Play) -> bool:
    page = await play.ada.caller.get("notify", play.of_agency("notices"))
    mine = [item for item in page["items"] if item["params"].get("job_id") == play.job["id"]]
    require(len(mine) <= 1, "the job's result was posted twice")
    for notice in mine:
        play.screen.say(str(notice["text"]))
    return bool(mine)
