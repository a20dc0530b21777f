"""The events of notify, made from its rows."""

from typing import Literal, cast

from fullmakt.events import DeliverySettled, OrganisationKind

from services.notify.models import Channel, Delivery


def delivery_settled(row: Delivery) -> DeliverySettled:
    """What became of a delivery that was sent or given up."""
    assert row.settled_at is not None  # noqa: S101 - a settled delivery says when
    return DeliverySettled(
        delivery_id=row.id,
        organisation_id=row.organisation_id,
        organisation_kind=cast("OrganisationKind", row.organisation_kind),
        person_id=row.person_id,
        channel=cast("Channel", row.channel),
        template=row.template,
        outcome=cast("Literal['sent', 'given_up']", row.state),
        settled_at=row.settled_at,
    )
