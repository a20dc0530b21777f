"""The rows of identity, with their transitions and errors."""

from services.identity.models.base import Base
from services.identity.models.clients import Administration, Client
from services.identity.models.credentials import EmailChange, Failures, PasswordReset, RecoveryCode, SecondFactor
from services.identity.models.organisations import (
    AlreadyRegistered,
    AnotherKindOfNumber,
    NoNumberChange,
    NotAnAdministrator,
    NotASoleTrader,
    NothingToVerify,
    Organisation,
    OrganisationWasRefused,
    SoleTrader,
    Verification,
    VerificationPending,
)
from services.identity.models.people import (
    AlreadyAccepted,
    AlreadyInvitedToApp,
    Invitation,
    InvitationNotOpen,
    InvitationOver,
    IsLeaving,
    LastAdministrator,
    Membership,
    NotAnOperator,
    Person,
    UnknownRole,
)
from services.identity.models.service_accounts import Scope, ServiceAccount
from services.identity.models.sessions import AuthorizationCode, Program, RefreshToken, Session, SigningKey

__all__ = [
    "Administration",
    "AlreadyAccepted",
    "AlreadyInvitedToApp",
    "AlreadyRegistered",
    "AnotherKindOfNumber",
    "AuthorizationCode",
    "Base",
    "Client",
    "EmailChange",
    "Failures",
    "Invitation",
    "InvitationNotOpen",
    "InvitationOver",
    "IsLeaving",
    "LastAdministrator",
    "Membership",
    "NoNumberChange",
    "NotASoleTrader",
    "NotAnAdministrator",
    "NotAnOperator",
    "NothingToVerify",
    "Organisation",
    "OrganisationWasRefused",
    "PasswordReset",
    "Person",
    "Program",
    "RecoveryCode",
    "RefreshToken",
    "Scope",
    "SecondFactor",
    "ServiceAccount",
    "Session",
    "SigningKey",
    "SoleTrader",
    "UnknownRole",
    "Verification",
    "VerificationPending",
]
