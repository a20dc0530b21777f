"""Examples: the audit trail."""

from libs.shared.openapi.guide import Example, example_id
from libs.shared.paging import write_cursor
from services.identity.guide.story import ANNA, AT, BO, COMPANY
from services.identity.views.audit import AuditEntryView, AuditPage

ENTRY = AuditEntryView(
    id=example_id("entry"),
    at=AT,
    tenant=COMPANY,
    actor=f"person:{ANNA}",
    actor_name="Anna Ansvarig",
    on_behalf_of=COMPANY,
    action="change_roles",
    thing=example_id("membership"),
    outcome="done",
    reason=None,
    details={"person": str(BO), "roles": ["program_administrator:payroll"]},
    trace=None,
)
PAGE = AuditPage(items=[ENTRY], next=write_cursor(AT, ENTRY.id))

EXAMPLES = {
    "listAudit": Example(parameters={"person": BO, "limit": 1}, answer=PAGE),
    "listMyAudit": Example(parameters={"limit": 1}, answer=PAGE),
    "listPersonAudit": Example(parameters={"limit": 1}, answer=PAGE),
}
