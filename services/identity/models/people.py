"""People, their memberships and invitations."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from fullmakt.roles import SYSTEM_ADMINISTRATOR
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from libs.shared.database import Versioned
from libs.shared.errors import Conflict, Forbidden, Invalid
from services.identity.models.base import Base


class LastAdministrator(Conflict):
    """This is the organisation's only own system administrator; name a successor first."""


class IsLeaving(Conflict):
    """This person has left and holds the role of system administrator alone, until a successor is named."""


class AlreadyInvitedToApp(Conflict):
    """This user was invited to the app already."""


class AlreadyAccepted(Conflict):
    """This invitation was accepted already; sign in instead."""


class InvitationNotOpen(Conflict):
    """This invitation link is no longer good; ask whoever invited you to send a new one."""


class InvitationOver(Conflict):
    """This invitation was withdrawn, or the membership has ended; invite the person anew."""


class NotAnOperator(Forbidden):
    """Only a platform operator may do this."""


class UnknownRole(Invalid):
    """A role is `system_administrator` or `program_administrator:<program>`."""


class Person(Versioned, Base):
    """One person with one sign-in, however many organisations they are a member of. Nobody's tenant but their own."""

    __tablename__ = "person"
    __tenants__ = ("id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(comment="case-folded")
    pending_email: Mapped[str | None] = mapped_column(comment="case-folded; not confirmed at both addresses yet")
    email_change_id: Mapped[UUID | None] = mapped_column(comment="the change that pending_email belongs to")
    mobile: Mapped[str | None] = mapped_column(comment="E.164")
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    password_hash: Mapped[str | None] = mapped_column(comment="argon2id; null: no sign-in")
    operator: Mapped[bool] = mapped_column(default=False)
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("person_email", "email", unique=True),
        Index("person_operator", "id", postgresql_where=text("operator")),
        Index(
            "person_without_sign_in",
            "id",
            postgresql_where=text("password_hash IS NULL AND NOT operator AND erased_at IS NULL"),
        ),
    )

    def want_email(self, address: str, change_id: UUID) -> None:
        """They want another address, which is not theirs yet."""
        self.pending_email = address
        self.email_change_id = change_id

    def take_email(self) -> None:
        """The address that they wanted is theirs from now on."""
        self.email = self.pending_email
        self.keep_email()

    def keep_email(self) -> None:
        """They want no other address any more."""
        self.pending_email = self.email_change_id = None

    def erase(self, *, at: datetime) -> None:
        """Forget who this was; the id stays, naming nobody."""
        self.keep_email()
        self.name = self.email = self.mobile = self.language = self.time_zone = None
        self.password_hash = None
        self.operator = False
        self.erased_at = at


class Membership(Versioned, Base):
    """A person's place in one organisation, with the roles held there."""

    __tablename__ = "membership"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    roles: Mapped[list[str]]
    apps: Mapped[list[str]] = mapped_column(comment="apps that come with the membership (I8): receipts")
    username: Mapped[str | None] = mapped_column(comment="case-folded; of who was invited as client user (I8)")
    leaving_since: Mapped[datetime | None] = mapped_column(
        comment="has left; the role of system administrator alone stays until a successor is named (I13)"
    )
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "membership_once", "organisation_id", "person_id", unique=True, postgresql_where=text("state <> 'ended'")
        ),
        Index("membership_person", "person_id"),
        Index("membership_username", "username", unique=True, postgresql_where=text("username IS NOT NULL")),
    )

    @property
    def is_system_administrator(self) -> bool:
        """Whether this person is an own system administrator of the organisation now."""
        return self.state == "active" and SYSTEM_ADMINISTRATOR in self.roles

    def accept(self) -> None:
        """The invited person is a member from now on."""
        if self.state == "active":
            raise AlreadyAccepted
        if self.state == "ended":
            raise InvitationNotOpen
        self.state = "active"

    def change_roles(self, roles: Iterable[str]) -> None:
        """The member holds these roles from now on; who has left takes on none."""
        if self.leaving_since is not None and set(roles) > {SYSTEM_ADMINISTRATOR}:
            raise IsLeaving(field="roles")
        self.roles = sorted(set(roles))

    def leave(self, *, at: datetime) -> None:
        """The person has left, and holds the role of system administrator alone, until a successor is named (I13)."""
        self.roles = [SYSTEM_ADMINISTRATOR]
        self.apps = []
        self.leaving_since = at

    def has(self, apps: Iterable[str]) -> bool:
        """Whether the person is a member now, and these apps come with it."""
        return self.state == "active" and set(apps) <= set(self.apps)

    def invite_to(self, app: str) -> None:
        """The app comes with the membership from now on."""
        if app in self.apps:
            raise AlreadyInvitedToApp
        self.apps = [*self.apps, app]

    def end(self, *, at: datetime) -> None:
        """The person is no member any more and holds nothing here."""
        self.state = "ended"
        self.ended_at = at
        self.roles = []
        self.apps = []
        self.username = None
        self.leaving_since = None


class Invitation(Versioned, Base):
    """An invitation to an organisation, accepted by the link in the mail."""

    __tablename__ = "invitation"
    __tenants__ = ("organisation_id",)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id", initially="DEFERRED", deferrable=True))
    person_id: Mapped[UUID]
    invited_by: Mapped[UUID] = mapped_column(comment="a person, or a service account")
    by_service: Mapped[bool] = mapped_column(default=False, comment="invited_by is a service account")
    apps: Mapped[list[str]] = mapped_column(comment="apps that it invites to (I8): receipts")
    agency_id: Mapped[UUID | None] = mapped_column(
        comment="of whose people invited_by is one, where they invited a client user (I8)"
    )
    name: Mapped[str | None] = mapped_column(comment="as whoever invites typed it; null once it is over")
    email: Mapped[str | None] = mapped_column(comment="as whoever invites typed it, case-folded; null once it is over")
    generation: Mapped[int]
    sent_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("invitation_person", "person_id"),
        Index("invitation_open", "organisation_id", "sent_at", "id", postgresql_where=text("accepted_at IS NULL")),
    )

    def accept(self, *, at: datetime) -> None:
        """Note when the person accepted; an invitation is good once."""
        if self.accepted_at is not None:
            raise AlreadyAccepted
        self.accepted_at = at
        self.name = self.email = None

    @property
    def only_tells(self) -> bool:
        """Whether it tells a member of an app that came with the membership: nothing was ever to be accepted (I9)."""
        return self.accepted_at is not None and self.accepted_at <= self.sent_at

    def send_again(self, *, at: datetime) -> None:
        """It is mailed anew, with a link of its own: the links before are no longer good."""
        if self.accepted_at is not None and not self.only_tells:
            raise AlreadyAccepted
        self.generation += 1
        self.sent_at = at
