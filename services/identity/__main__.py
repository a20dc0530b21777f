"""identity's command line: `python -m services.identity --help`.

The first operator is made by `python -m services.identity add-operator <e-mail> <name>`, the password on standard
input.
"""

import sys

from services.identity.commands import operators, people, service_accounts, tokens
from services.identity.commands.command import main

COMMANDS = [*operators.COMMANDS, *service_accounts.COMMANDS, *people.COMMANDS, *tokens.COMMANDS]

if __name__ == "__main__":
    sys.exit(main(COMMANDS, sys.argv[1:]))
