"""What access answers other services live, over NATS."""

from fullmakt.questions import DECIDE, WAY_IN, DecideAnswer, DecideQuestion, WayInAnswer, WayInQuestion

from libs.shared.bus import Bus
from services.access.decisions import Decisions, Question


async def answer_questions(bus: Bus, decisions: Decisions) -> None:
    """Begin to answer. Only services of ours have users that may ask: the bus says who they are."""

    async def decide(_: str, question: DecideQuestion) -> DecideAnswer:
        asked = Question(person_id=question.person_id, company_id=question.company_id, program=question.program)
        verdict = await decisions.decide(asked)
        return DecideAnswer(decision=verdict.reason is None, reason=verdict.reason, evaluated_at=verdict.evaluated_at)

    async def way_in(caller: str, question: WayInQuestion) -> WayInAnswer:
        if caller != "identity":
            return WayInAnswer(reason="not_yours_to_ask")
        asked = Question(person_id=question.person_id, company_id=question.company_id, program=question.program)
        return await decisions.way_in(asked)

    await bus.answer(WAY_IN, WayInQuestion, way_in)
    await bus.answer(DECIDE, DecideQuestion, decide)
