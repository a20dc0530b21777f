"""What people may ask for of their data (GDPR, articles 15, 17, 20), by command line."""

from argparse import Namespace
from uuid import UUID

from libs.shared.database import Tx
from services.identity.commands.command import Command
from services.identity.commands.operators import PERSON
from services.identity.usecases.erase_person import erase_person
from services.identity.usecases.erase_sole_trader import erase_sole_trader
from services.identity.usecases.export_person import export_person
from services.identity.views.export import ExportView


async def export(tx: Tx, given: Namespace) -> ExportView:
    """Print everything that identity has of a person, as JSON."""
    return await export_person(tx, caller=None, person_id=given.person, most=None)


async def erase(tx: Tx, given: Namespace) -> None:
    """Forget who a person was, here and in all services that follow; it can't be undone."""
    await erase_person(tx, caller=None, person_id=given.person)


async def erase_organisation(tx: Tx, given: Namespace) -> None:
    """Forget name and number of a sole trader, here and in all services that follow; it can't be undone."""
    await erase_sole_trader(tx, caller=None, organisation_id=given.organisation)


COMMANDS = [
    Command("export-person", export, PERSON),
    Command("erase-person", erase, PERSON),
    Command(
        "erase-sole-trader",
        erase_organisation,
        {"organisation": {"type": UUID, "help": "id of the organisation that is one person"}},
    ),
]
