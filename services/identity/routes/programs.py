"""Programs that sign people in by us (I6)."""

from typing import Annotated

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from libs.shared.database import Tx
from libs.shared.edge import Edge
from services.identity import queries
from services.identity.models import NotAnOperator
from services.identity.usecases.register_program import RegisterProgram, register_program
from services.identity.usecases.remove_program import remove_program
from services.identity.views.nothing import Nothing
from services.identity.views.programs import ProgramListView, RegisteredProgramView

PROGRAMS = "programs"
ProgramId = Annotated[str, PathParameter(max_length=64, pattern="^[a-z][a-z0-9-]{0,63}$")]


@get("/v1/programs", operation_id="listPrograms", tags=[PROGRAMS])
async def get_programs(edge: NamedDependency[Edge]) -> ProgramListView:
    """All programs, and where they are opened; for whoever is signed in."""
    async with edge.database.begin(edge.caller.id, actor=edge.caller.actor) as tx:
        return await queries.programs(tx)


@put("/v1/programs/{program:str}", operation_id="registerProgram", errors=(NotAnOperator,), tags=[PROGRAMS])
async def put_program(
    program: ProgramId, data: JSONBody[RegisterProgram], edge: NamedDependency[Edge]
) -> Response[RegisteredProgramView]:
    """Register a program, or change it. Platform operators only; a secret is shown once."""
    caller = edge.caller
    edge.refuse_idempotency_key()

    async def work(tx: Tx) -> RegisteredProgramView:
        row, secret = await register_program(tx, caller=caller, program_id=program, given=data)
        return RegisteredProgramView.of(row, secret)

    return await edge.commit(work, tenant=caller.id)


@delete(
    "/v1/programs/{program:str}",
    operation_id="removeProgram",
    errors=(NotAnOperator,),
    tags=[PROGRAMS],
    status_code=200,
)
async def delete_program(program: ProgramId, edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Remove a program; whoever is signed in to it no longer is. Platform operators only."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await remove_program(tx, caller=caller, program_id=program)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


ROUTES = [get_programs, put_program, delete_program]
