"""What the OpenAPI document of access tells beyond the code: what parameters mean, and one story of examples."""

from datetime import UTC, datetime

from fullmakt.events import ClientActivated
from fullmakt.roles import SYSTEM_ADMINISTRATOR
from msgspec.structs import replace

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples, example_id
from libs.shared.paging import write_cursor
from services.access.authzen import (
    Action,
    Configuration,
    Decision,
    DecisionContext,
    DecisionList,
    Evaluation,
    Evaluations,
    PartialEvaluation,
    Resource,
    Subject,
)
from services.access.usecases.activate_client import ActivateClient
from services.access.usecases.start_job import StartJob
from services.access.views import (
    ActivatedView,
    ClientPage,
    ClientView,
    JobItemPage,
    JobItemView,
    JobView,
    MissingView,
    MyProgramsView,
    ProgramList,
    ProgramView,
    ReachPage,
    ReachView,
    WhoView,
)

AGENCY, COMPANY = example_id("agency"), example_id("company")
ADA, KARL = example_id("ada"), example_id("karl")
LINK, JOB = example_id("link"), example_id("job")
ELIGIBLE, ACTIVATED = datetime(2026, 3, 2, 9, 40, tzinfo=UTC), datetime(2026, 3, 2, 9, 52, tzinfo=UTC)
STARTED, FINISHED = datetime(2026, 3, 2, 9, 55, tzinfo=UTC), datetime(2026, 3, 2, 9, 55, 2, tzinfo=UTC)

CLIENT = ClientView(
    link_id=LINK,
    company_id=COMPANY,
    company_name="Åkeriet i Norr AB",
    state="active",
    eligible_at=ELIGIBLE,
    activated_at=ACTIVATED,
    activated_by=ADA,
    activated_by_name="Ada Admin",
    my_access=True,
)
WAITING = replace(
    CLIENT, state="eligible", activated_at=None, activated_by=None, activated_by_name=None, my_access=False
)
RUNNING = JobView(
    id=JOB,
    operation="give",
    state="waiting",
    started_by=ADA,
    total=2,
    done=0,
    unchanged=0,
    refused=0,
    created_at=STARTED,
    finished_at=None,
)
ITEMS = [
    JobItemView(
        position=position,
        link_id=LINK,
        company_name="Åkeriet i Norr AB",
        person_id=KARL,
        person_name="Karl Konsult",
        program=program,
        outcome="done",
        reason=None,
    )
    for position, program in enumerate((None, "payroll"))
]
BEGAN = ClientActivated(
    link_id=LINK,
    agency_id=AGENCY,
    company_id=COMPANY,
    activated_by=ADA,
    activated_at=ACTIVATED,
    administrators=(ADA,),
    roles=(SYSTEM_ADMINISTRATOR,),
)
SUBJECT = Subject(type="user", id=str(KARL))
PROPERTIES = {"client": str(COMPANY)}
YES = Decision(decision=True, context=DecisionContext(evaluated_at=FINISHED))
NO = Decision(decision=False, context=DecisionContext(reason="no_program", evaluated_at=FINISHED))

GUIDE = Guide(
    introduction="Who of an agency may do what at which client: activation, bulk jobs, and decisions (AuthZEN 1.0).",
    tags={
        "clients": "Clients from their activation on, and who reaches them.",
        "jobs": "Giving many people access to many clients, in the background.",
        "decisions": "The AuthZEN Authorization API 1.0: may this person use this program at this client?",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter("The organisation that the caller acts for, of which they are a member.", AGENCY),
        "link_id": Parameter("The link that makes the company a client.", LINK),
        "job_id": Parameter("The job.", JOB),
        "outcome": Parameter("Only items that came out so.", None),
    },
    examples={
        "getConfiguration": Example(answer=Configuration.at("https://fullmakt.example/access")),
        "evaluate": Example(
            body=Evaluation(
                subject=SUBJECT,
                action=Action(name="use"),
                resource=Resource(type="program", id="payroll", properties=PROPERTIES),
            ),
            answer=YES,
        ),
        "evaluateMany": Example(
            body=Evaluations(
                subject={"type": "user", "id": str(KARL)},
                action={"name": "use"},
                evaluations=[
                    PartialEvaluation(resource={"type": "program", "id": program, "properties": PROPERTIES})
                    for program in ("payroll", "invoicing")
                ],
            ),
            answer=DecisionList(evaluations=[YES, NO]),
        ),
        "listPrograms": Example(
            answer=ProgramList(
                items=[ProgramView(id="bookkeeping", name="Bookkeeping"), ProgramView(id="payroll", name="Payroll")]
            )
        ),
        "listActivations": Example(parameters={"limit": 50}, answer=ClientPage(items=[WAITING], next=None)),
        "listClients": Example(
            parameters={"limit": 1}, answer=ClientPage(items=[CLIENT], next=write_cursor(ELIGIBLE, LINK))
        ),
        "activateClient": Example(
            body=ActivateClient(administrators=[ADA]),
            answer=ActivatedView(
                link_id=LINK, company_id=COMPANY, state="active", activated_at=ACTIVATED, activated_by=ADA
            ),
        ),
        "listClientAccess": Example(
            answer=ReachPage(
                items=[
                    ReachView(person_id=KARL, name="Karl Konsult", access=True, programs=["payroll"], roles=[]),
                ],
                next=None,
            )
        ),
        "getMyPrograms": Example(
            answer=MyProgramsView(
                programs=[],
                missing=[
                    MissingView(
                        code="no_access",
                        message="You have no access to this client; an admin of the agency can give it.",
                        who=[WhoView(person_id=ADA, name="Ada Admin")],
                    )
                ],
            )
        ),
        "startJob": Example(body=StartJob(clients=[LINK], consultants=[KARL], programs=["payroll"]), answer=RUNNING),
        "getJob": Example(answer=replace(RUNNING, state="finished", done=2, finished_at=FINISHED)),
        "listJobItems": Example(parameters={"outcome": "done"}, answer=JobItemPage(items=ITEMS, next=None)),
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(BEGAN, version=2, at=ACTIVATED, actor=f"person:{ADA}"),
    },
)
