"""What the acts of the demo share: who plays, and how far they have come."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from stdnum import luhn

from libs.local.demo.caller import Unexpected
from libs.local.demo.cast import Client, Player, Stage
from libs.local.demo.companies import Company
from libs.local.demo.screen import Screen

AGENCY = "Siffror & Co AB"
PROGRAMS = ["bookkeeping", "invoicing", "payroll"]
ADMINISTRATOR = "system_administrator"


def require(condition: object, what: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise Unexpected(what)


class Play:
    """One run of the main job."""

    def __init__(self, stage: Stage, screen: Screen, companies: Sequence[Company]) -> None:
        self.stage = stage
        self.screen = screen
        self.companies = companies
        self.free_numbers = free_numbers({company.number for company in companies})
        self.clients: list[Client] = []
        self.agency = ""
        self.ada: Player
        self.adam: Player
        self.karl: Player
        self.kim: Player
        self.lars: Player
        self.job: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = []

    def of_agency(self, *rest: str) -> str:
        """A path for the agency."""
        return "/".join(("organisations", self.agency, *rest))

    @property
    def linked(self) -> list[Client]:
        """The clients whose administrators approved."""
        return [client for client in self.clients if client.link_id]

    @property
    def declining(self) -> Client | None:
        """The company that says no for good: the last one, if there is more than one."""
        return self.clients[-1] if len(self.clients) > 1 else None

    def admin_of(self, client: Client) -> Player:
        """Every third client is activated by Adam, the others by Ada."""
        return self.adam if self.linked.index(client) % 3 == 2 else self.ada


def free_numbers(taken: set[str]) -> list[str]:
    """Two valid Swedish organisation numbers that no company of the file has."""
    candidates = (f"5569{n:05d}" for n in range(99_999))
    numbers = (number + luhn.calc_check_digit(number) for number in candidates)
    return list(islice((number for number in numbers if number not in taken), 2))
