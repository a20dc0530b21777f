"""What access answers other services live, over NATS."""

from fullmakt.questions import (
    ADMINISTRATION,
    DECIDE,
    WAY_IN,
    Administered,
    AdministrationAnswer,
    AdministrationQuestion,
    DecideAnswer,
    DecideQuestion,
    WayInAnswer,
    WayInQuestion,
)

from libs.shared.bus import Bus
from libs.shared.database import Database
from services.access.decisions import Decisions, Question

ADMINISTRATION_OF = "SELECT company_id, agency_id, link_id, roles FROM administration_of($1, $2)"
IDENTITY = "identity"
"""Who alone may ask what a person holds at companies: it knows who is asking it."""


async def answer_questions(bus: Bus, decisions: Decisions, database: Database) -> None:
    """Begin to answer. Only services of ours have users that may ask: the bus says who they are."""

    async def decide(_: str, question: DecideQuestion) -> DecideAnswer:
        asked = Question(person_id=question.person_id, company_id=question.company_id, program=question.program)
        verdict = await decisions.decide(asked)
        return DecideAnswer(decision=verdict.reason is None, reason=verdict.reason, evaluated_at=verdict.evaluated_at)

    async def administration(caller: str, question: AdministrationQuestion) -> AdministrationAnswer:
        if caller != IDENTITY:
            return AdministrationAnswer(held=())
        found = await database.fetch(ADMINISTRATION_OF, question.person_id, list(question.company_ids))
        return AdministrationAnswer(held=tuple(Administered(**row) for row in found))

    async def way_in(caller: str, question: WayInQuestion) -> WayInAnswer:
        if caller != IDENTITY:
            return WayInAnswer(reason="not_yours_to_ask")
        asked = Question(person_id=question.person_id, company_id=question.company_id, program=question.program)
        return await decisions.way_in(asked)

    await bus.answer(WAY_IN, WayInQuestion, way_in)
    await bus.answer(DECIDE, DecideQuestion, decide)
    await bus.answer(ADMINISTRATION, AdministrationQuestion, administration)
