"""What access does upon which event."""

from fullmakt.events import LinkAccepted, LinkEnded, MembershipChanged, OrganisationChanged, PersonChanged

from libs.shared.inbox import Consumers
from services.access.usecases.follow_links import end_client, make_eligible
from services.access.usecases.keep_copies import keep_membership, keep_organisation, keep_person

CONSUMERS = Consumers()
CONSUMERS.on(OrganisationChanged)(keep_organisation)
CONSUMERS.on(PersonChanged)(keep_person)
CONSUMERS.on(MembershipChanged)(keep_membership)
CONSUMERS.on(LinkAccepted)(make_eligible)
CONSUMERS.on(LinkEnded)(end_client)
