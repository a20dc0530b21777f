"""One class for each code that a service answers an error with; `__doc__` is the public message."""
# Made from docs/openapi by `make generate`.

from fullmakt.client.errors.base import (
    ApiError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)

__all__ = [
    "BY_CODE",
    "AlreadyAccepted",
    "AlreadyActive",
    "AlreadyDecided",
    "AlreadyLinked",
    "AlreadyMember",
    "AlreadyRegistered",
    "ClockOnlyMovesForward",
    "IdempotencyKeyReused",
    "InvitationNotOpen",
    "LastAdministrator",
    "MayNotEndLink",
    "MayNotSeeDeliveries",
    "MethodNotAllowed",
    "NoOwnAdministrator",
    "NotAnAdministrator",
    "NotAnAgency",
    "NotAnAgencyAdmin",
    "NotAnOperator",
    "NotEligible",
    "NotGivenUp",
    "NotJson",
    "NotOwnAdministrator",
    "NotTheSender",
    "NotYourOwnQuestion",
    "NotYoursToSee",
    "OnlyAgencies",
    "PendingWithOtherTerms",
    "RequestCancelled",
    "RequestExpired",
    "SignInFirst",
    "SimultaneousChange",
    "TooLarge",
    "TooShort",
    "UnknownRole",
    "UnsupportedGrantType",
    "WrongClientCredentials",
    "WrongSignIn",
]


class AlreadyAccepted(ConflictError):
    """This invitation was accepted already; sign in instead."""


class AlreadyActive(ConflictError):
    """This client is active already."""


class AlreadyDecided(ConflictError):
    """This request was answered already; `more` says how, by whom and when."""


class AlreadyLinked(ConflictError):
    """This company is linked to your agency already."""


class AlreadyMember(ConflictError):
    """This person is a member of the organisation already, or invited to it."""


class AlreadyRegistered(ConflictError):
    """This organisation number already has an account; confirm explicitly for a second subscription."""


class ClockOnlyMovesForward(ConflictError):
    """Business time can be moved forward, not back."""


class IdempotencyKeyReused(ConflictError):
    """This Idempotency-Key was used for another request; take a new key for a new request."""


class InvitationNotOpen(ConflictError):
    """This invitation link is no longer good; ask whoever invited you to send a new one."""


class LastAdministrator(ConflictError):
    """This is the organisation's only own system administrator; name a successor first."""


class MayNotEndLink(ForbiddenError):
    """Only admins of the agency and system administrators of the company may end a link."""


class MayNotSeeDeliveries(ForbiddenError):
    """Only administrators of the organisation may see what its people were sent, and have it sent again."""


class MethodNotAllowed(InvalidError):
    """This address is there, but not for this method."""


class NoOwnAdministrator(ConflictError):
    """This company has no system administrator of its own who could approve; use the paper form instead."""


class NotAnAdministrator(ForbiddenError):
    """Only a system administrator of the organisation, or a platform operator, may do this."""


class NotAnAgency(ForbiddenError):
    """Only an agency gives its consultants access to clients."""


class NotAnAgencyAdmin(ForbiddenError):
    """Only an admin of the agency may do this: a system administrator, or a program administrator of client-manager."""


class NotAnOperator(ForbiddenError):
    """Only a platform operator may do this."""


class NotEligible(ConflictError):
    """The link to this client has ended; it can't be activated any more."""


class NotGivenUp(ConflictError):
    """Only a delivery that was given up can be sent again."""


class NotJson(InvalidError):
    """Send the body as JSON, with Content-Type: application/json."""


class NotOwnAdministrator(ForbiddenError):
    """Only a system administrator of the company itself may answer this; a role held through an agency is none."""


class NotTheSender(ForbiddenError):
    """Only who sent the request, or an admin of the agency, may do this."""


class NotYourOwnQuestion(ForbiddenError):
    """A person may ask about themselves only; for others, a service account with the scope access.decide asks."""


class NotYoursToSee(ForbiddenError):
    """Only admins of the agency and system administrators of the company see who reaches the client."""


class OnlyAgencies(ForbiddenError):
    """Only an agency can look companies up and ask them for a link."""


class PendingWithOtherTerms(ConflictError):
    """A request with other terms is waiting for an answer; cancel it, then send anew. `more` says which."""


class RequestCancelled(ConflictError):
    """The agency has taken this request back."""


class RequestExpired(ConflictError):
    """This request has expired: it was good for seven days. The agency can send a new one."""


class SignInFirst(InvalidError):
    """You have a sign-in already: sign in, and accept the invitation again without a password."""


class SimultaneousChange(ConflictError):
    """Somebody changed the same thing at the same moment; look at it again and repeat what still applies."""


class TooLarge(InvalidError):
    """The body is too large: 1,000,000 bytes at most."""


class TooShort(InvalidError):
    """Choose a password of at least 10 characters."""


class UnknownRole(InvalidError):
    """A role is `system_administrator` or `program_administrator:<program>`."""


class UnsupportedGrantType(InvalidError):
    """Here the grant_type is client_credentials."""


class WrongClientCredentials(UnauthenticatedError):
    """The client id or the client secret is wrong."""


class WrongSignIn(UnauthenticatedError):
    """E-mail or password is wrong."""


BY_CODE: dict[str, type[ApiError]] = {
    "invalid": InvalidError,
    "unauthenticated": UnauthenticatedError,
    "forbidden": ForbiddenError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "unavailable": UnavailableError,
    "already_accepted": AlreadyAccepted,
    "already_active": AlreadyActive,
    "already_decided": AlreadyDecided,
    "already_linked": AlreadyLinked,
    "already_member": AlreadyMember,
    "already_registered": AlreadyRegistered,
    "clock_only_moves_forward": ClockOnlyMovesForward,
    "idempotency_key_reused": IdempotencyKeyReused,
    "invitation_not_open": InvitationNotOpen,
    "last_administrator": LastAdministrator,
    "may_not_end_link": MayNotEndLink,
    "may_not_see_deliveries": MayNotSeeDeliveries,
    "method_not_allowed": MethodNotAllowed,
    "no_own_administrator": NoOwnAdministrator,
    "not_an_administrator": NotAnAdministrator,
    "not_an_agency": NotAnAgency,
    "not_an_agency_admin": NotAnAgencyAdmin,
    "not_an_operator": NotAnOperator,
    "not_eligible": NotEligible,
    "not_given_up": NotGivenUp,
    "not_json": NotJson,
    "not_own_administrator": NotOwnAdministrator,
    "not_the_sender": NotTheSender,
    "not_your_own_question": NotYourOwnQuestion,
    "not_yours_to_see": NotYoursToSee,
    "only_agencies": OnlyAgencies,
    "pending_with_other_terms": PendingWithOtherTerms,
    "request_cancelled": RequestCancelled,
    "request_expired": RequestExpired,
    "sign_in_first": SignInFirst,
    "simultaneous_change": SimultaneousChange,
    "too_large": TooLarge,
    "too_short": TooShort,
    "unknown_role": UnknownRole,
    "unsupported_grant_type": UnsupportedGrantType,
    "wrong_client_credentials": WrongClientCredentials,
    "wrong_sign_in": WrongSignIn,
}
"""The class of an error by its code."""
