"""What access does upon which event."""

from fullmakt.events import (
    LinkAccepted,
    LinkEnded,
    MembershipChanged,
    OrganisationChanged,
    PersonChanged,
    SoleTraderChanged,
)

from libs.shared.inbox import Consumers
from services.access.usecases.follow_links import end_client, make_eligible
from services.access.usecases.keep_copies import keep_membership, keep_organisation, keep_person, keep_sole_trader

CONSUMERS = Consumers()
CONSUMERS.on(OrganisationChanged)(keep_organisation)
CONSUMERS.on(SoleTraderChanged)(keep_sole_trader)
CONSUMERS.on(PersonChanged)(keep_person)
CONSUMERS.on(MembershipChanged)(keep_membership)
CONSUMERS.on(LinkAccepted)(make_eligible)
CONSUMERS.on(LinkEnded)(end_client)
