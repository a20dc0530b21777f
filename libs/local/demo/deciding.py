"""Other systems ask; a consultant without programs asks why."""

from functools import partial

from libs.local.demo.cast import Client
from libs.local.demo.play import PROGRAMS, Play, require


async def decide(play: Play) -> None:
    """Other systems ask; a consultant without programs asks why."""
    async with play.screen.step("decisions: yes where access and program were given, no everywhere else"):
        await play.screen.each(play.linked, partial(_decisions, play), "clients")
    async with play.screen.step("a consultant without programs asks why, and is told who can put it right"):
        path = play.of_agency("clients", play.linked[0].link_id, "my-programs")
        told = await play.kim.caller.get("access", path)
        require(told["programs"] == [] and told["missing"], f"the answer was {told}")
        for missing in told["missing"]:
            names = ", ".join(who["name"] for who in missing["who"])
            require(names, f"nobody is named: {missing}")
            play.screen.say(f"{missing['message']} Ask: {names}.")


async def _decisions(play: Play, client: Client) -> None:
    for player, expected in (
        (play.karl, play.admin_of(client) is play.ada),
        (play.kim, False),
    ):
        body = {
            "subject": {"type": "user", "id": player.id},
            "action": {"name": "use"},
            "evaluations": [
                {"resource": {"type": "program", "id": program, "properties": {"client": client.id}}}
                for program in PROGRAMS
            ],
        }
        answer = await player.caller.post("access", "evaluations", body, expect=200)
        given = [evaluation["decision"] for evaluation in answer["evaluations"]]
        require(given == [expected] * len(PROGRAMS), f"{player.name} at {client.company.name}: {given}")
