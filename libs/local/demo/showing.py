"""The clients with state, approver and access; how long it took from approval to eligible."""

import statistics
from datetime import datetime

from fullmakt.organisation_numbers import mask_number

from libs.local.demo.play import PROGRAMS, Play


def show(play: Play) -> None:
    """The clients with state, approver and access; how long it took from approval to eligible."""
    rows = []
    for client in play.clients:
        here = [item for item in play.items if item["link_id"] == client.link_id]
        karl = {item["program"]: item for item in here if item["person_id"] == play.karl.id}
        programs = [program for program in PROGRAMS if program in karl and karl[program]["outcome"] == "done"]
        held = "access" if karl and karl[None]["outcome"] == "done" else "-"
        given = ", ".join([held, *programs])
        approver = client.request["decided_by_name"] if client.link_id else "-"
        state = "active" if client.link_id else client.request["state"]
        number = mask_number(client.company.country, client.company.number)
        rows.append((client.company.name, number, state, approver, f"Karl: {given}"))
    play.screen.table(("client", "number", "state", "approved by", "access"), rows)
    took = [
        1000 * (moment(client.eligible_at) - moment(client.request["decided_at"])).total_seconds()
        for client in play.linked
    ]
    play.screen.console.print(
        f"\nfrom approval to eligible: median {statistics.median(took):.0f} ms, largest {max(took):.0f} ms"
    )


def moment(text: str) -> datetime:
    """A time of an answer."""
    return datetime.fromisoformat(text)
