"""The main job, from the agency's search to the decision that a consultant may work."""

from libs.local.demo.activating import activate
from libs.local.demo.answering import answer
from libs.local.demo.asking import ask
from libs.local.demo.deciding import decide
from libs.local.demo.giving import give
from libs.local.demo.play import Play
from libs.local.demo.registering import set_the_stage
from libs.local.demo.showing import show


async def main_job(play: Play) -> None:
    """All of it, act by act; Unexpected says what was not as required."""
    await set_the_stage(play)
    await ask(play)
    await answer(play)
    await activate(play)
    await give(play)
    await decide(play)
    show(play)
