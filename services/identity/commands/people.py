"""What people may ask for of their data (GDPR, articles 15, 17, 20), by command line."""

from argparse import Namespace

from libs.shared.database import Tx
from services.identity.commands.command import Command
from services.identity.commands.operators import PERSON
from services.identity.usecases.erase_person import erase_person
from services.identity.usecases.export_person import export_person
from services.identity.views.export import ExportView


async def export(tx: Tx, given: Namespace) -> ExportView:
    """Print everything that identity has of a person, as JSON."""
    return await export_person(tx, caller=None, person_id=given.person, most=None)


async def erase(tx: Tx, given: Namespace) -> None:
    """Forget who a person was, here and in all services that follow; it can't be undone."""
    await erase_person(tx, caller=None, person_id=given.person)


COMMANDS = [Command("export-person", export, PERSON), Command("erase-person", erase, PERSON)]
