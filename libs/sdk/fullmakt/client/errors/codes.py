"""One class for each code that a service answers an error with; `__doc__` is the public message."""
# Made from docs/openapi by `make generate`.

from fullmakt.client.errors.base import (
    ApiError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)

__all__ = [
    "BY_CODE",
    "AccessGone",
    "AccountRevoked",
    "AddressTaken",
    "AlreadyAccepted",
    "AlreadyActive",
    "AlreadyDecided",
    "AlreadyHasSignIn",
    "AlreadyInvited",
    "AlreadyLinked",
    "AlreadyMember",
    "AlreadyRegistered",
    "AnotherKindOfNumber",
    "AuthorizationOver",
    "ChallengeOver",
    "ChangedMeanwhile",
    "ClockOnlyMovesForward",
    "EmailChangeOver",
    "GrantOver",
    "HasAdministrator",
    "HasNoClients",
    "IdempotencyKeyReused",
    "InvalidCode",
    "InvalidTokenRequest",
    "InvitationNotOpen",
    "InvitationOver",
    "IsLeaving",
    "LastAdministrator",
    "LastOperator",
    "MayNotEndLink",
    "MayNotSeeDeliveries",
    "MethodNotAllowed",
    "NamedTwice",
    "NoNumberChange",
    "NoOwnAdministrator",
    "NoSecondFactor",
    "NotAForm",
    "NotASoleTrader",
    "NotASuccessor",
    "NotAnAdministrator",
    "NotAnAgency",
    "NotAnAgencyAdmin",
    "NotAnOperator",
    "NotEligible",
    "NotGivenUp",
    "NotInAnAddress",
    "NotJson",
    "NotOwnAdministrator",
    "NotTheSender",
    "NotVerified",
    "NotYourOwnQuestion",
    "NotYourPlace",
    "NotYoursToSee",
    "NothingToVerify",
    "OnlyAgencies",
    "OrganisationWasRefused",
    "PasswordTooCommon",
    "PendingWithOtherTerms",
    "PreconditionRequired",
    "RequestCancelled",
    "RequestExpired",
    "ResetLinkOver",
    "SecondFactorInUse",
    "SecondFactorRequired",
    "SessionOver",
    "SignInAgain",
    "SignInFirst",
    "SimultaneousChange",
    "SubjectTokenOver",
    "TooLarge",
    "TooManyAttempts",
    "TooShort",
    "UnauthorizedClient",
    "UnknownRole",
    "UnknownScope",
    "UnknownTarget",
    "UnsupportedGrantType",
    "UnsupportedTokenType",
    "VerificationPending",
    "WrongClientCredentials",
    "WrongCode",
    "WrongPassword",
    "WrongSignIn",
]


class AccessGone(InvalidError):
    """The person doesn't reach this client with the program, or no longer; `more.reason` says why."""


class AccountRevoked(ConflictError):
    """This service account was revoked; open another."""


class AddressTaken(ConflictError):
    """Somebody signs in with this address already; it can't be taken over."""


class AlreadyAccepted(ConflictError):
    """This invitation was accepted already; sign in instead."""


class AlreadyActive(ConflictError):
    """This client is active already."""


class AlreadyDecided(ConflictError):
    """This request was answered already; `more` says how, by whom and when."""


class AlreadyHasSignIn(ConflictError):
    """This address has a sign-in already; an operator has one of their own, with an address of its own."""


class AlreadyInvited(ConflictError):
    """This person is invited to the organisation already; send that invitation again, or withdraw it."""


class AlreadyLinked(ConflictError):
    """This company is linked to your agency already."""


class AlreadyMember(ConflictError):
    """This person is a member of the organisation already."""


class AlreadyRegistered(ConflictError):
    """This organisation number already has an account; confirm explicitly for a second subscription."""


class AnotherKindOfNumber(ConflictError):
    """A sole trader and a company are not the same organisation; register the other one as what it is."""


class AuthorizationOver(ConflictError):
    """This request to sign in is over; begin again from the program."""


class ChallengeOver(UnauthenticatedError):
    """This took longer than five minutes, or the sign-in has changed; begin again with the password."""


class ChangedMeanwhile(ConflictError):
    """Somebody has changed this since you looked at it; read it again and repeat what still applies."""


class ClockOnlyMovesForward(ConflictError):
    """Business time can be moved forward, not back."""


class EmailChangeOver(ConflictError):
    """This link is no longer good; if you still want the other address, ask for the change again."""


class GrantOver(InvalidError):
    """This code or token is not good, or no longer, or another client's; have the person sign in again."""


class HasAdministrator(ConflictError):
    """The organisation has a system administrator of its own, who invites others."""


class HasNoClients(ForbiddenError):
    """Only an agency has clients, whose users its people may invite."""


class IdempotencyKeyReused(ConflictError):
    """This Idempotency-Key was used for another request; take a new key for a new request."""


class InvalidCode(InvalidError):
    """This is no code of your authenticator app, or it was used already; wait for the next one."""


class InvalidTokenRequest(InvalidError):
    """This grant needs something else, or more, than what was sent."""


class InvitationNotOpen(ConflictError):
    """This invitation link is no longer good; ask whoever invited you to send a new one."""


class InvitationOver(ConflictError):
    """This invitation was withdrawn, or the membership has ended; invite the person anew."""


class IsLeaving(ConflictError):
    """This person has left and holds the role of system administrator alone, until a successor is named."""


class LastAdministrator(ConflictError):
    """This is the organisation's only own system administrator; name a successor first."""


class LastOperator(ConflictError):
    """Nobody else who can sign in is a platform operator; add another first."""


class MayNotEndLink(ForbiddenError):
    """Only admins of the agency and system administrators of the company may end a link."""


class MayNotSeeDeliveries(ForbiddenError):
    """Only administrators of the organisation may see what its people were sent, and have it sent again."""


class MethodNotAllowed(InvalidError):
    """This address is there, but not for this method."""


class NamedTwice(InvalidError):
    """An organisation has one successor: name it once."""


class NoNumberChange(ConflictError):
    """No other organisation number was asked for, or it was decided a moment ago."""


class NoOwnAdministrator(ConflictError):
    """This company has no system administrator of its own who could approve; use the paper form instead."""


class NoSecondFactor(ConflictError):
    """You have no second factor; add one first."""


class NotAForm(InvalidError):
    """Send the body as a form, with Content-Type: application/x-www-form-urlencoded."""


class NotASoleTrader(ConflictError):
    """This organisation is no sole trader: who it is, is no personal data, and stays."""


class NotASuccessor(InvalidError):
    """A successor is another active member of the organisation."""


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


class NotInAnAddress(InvalidError):
    """This is a person's own number, which has no place in an address: send it in the body, by POST."""


class NotJson(InvalidError):
    """Send the body as JSON, with Content-Type: application/json."""


class NotOwnAdministrator(ForbiddenError):
    """Only a system administrator of the company itself may answer this; a role held through an agency is none."""


class NotTheSender(ForbiddenError):
    """Only who sent the request, or an admin of the agency, may do this."""


class NotVerified(ForbiddenError):
    """Your organisation is not verified; until it is, it can neither ask for a link nor approve one."""


class NotYourOwnQuestion(ForbiddenError):
    """A person may ask about themselves only; for others, a service account with the scope access.decide asks."""


class NotYourPlace(InvalidError):
    """You are no system administrator of this organisation."""


class NotYoursToSee(ForbiddenError):
    """Only admins of the agency and system administrators of the company see who reaches the client."""


class NothingToVerify(ConflictError):
    """Nothing of this organisation waits to be verified, or it was decided a moment ago."""


class OnlyAgencies(ForbiddenError):
    """Only an agency can look companies up and ask them for a link."""


class OrganisationWasRefused(ConflictError):
    """This organisation was refused at its verification, and stays as it is; register it anew."""


class PasswordTooCommon(InvalidError):
    """This password is easily guessed; take a longer one, such as some words that have nothing to do with you."""


class PendingWithOtherTerms(ConflictError):
    """A request with other terms is waiting for an answer; cancel it, then send anew. `more` says which."""


class PreconditionRequired(InvalidError):
    """Tell which version you looked at: send the ETag of what you read as If-Match."""


class RequestCancelled(ConflictError):
    """The agency has taken this request back."""


class RequestExpired(ConflictError):
    """This request has expired: it was good for seven days. The agency can send a new one."""


class ResetLinkOver(ConflictError):
    """This link is no longer good; ask for a new one."""


class SecondFactorInUse(ConflictError):
    """You have a second factor already; remove it first."""


class SecondFactorRequired(UnauthenticatedError):
    """The password is right; now send a code of the second factor, with the challenge that is in `more`."""


class SessionOver(UnauthenticatedError):
    """This session has ended; sign in again."""


class SignInAgain(ConflictError):
    """The program wants the person to sign in anew: their sign-in is over, too old for it, or another person's."""


class SignInFirst(InvalidError):
    """You have a sign-in already: sign in, and accept the invitation again without a password."""


class SimultaneousChange(ConflictError):
    """Somebody changed the same thing at the same moment; look at it again and repeat what still applies."""


class SubjectTokenOver(InvalidError):
    """The subject_token is no access token of a person whose sign-in is good, or not for this client to exchange."""


class TooLarge(InvalidError):
    """The body is too large: 1,000,000 bytes at most."""


class TooManyAttempts(TooManyRequestsError):
    """There were too many tries lately; wait as long as Retry-After says. A forgotten password can be reset."""


class TooShort(InvalidError):
    """Choose a password of at least 10 characters."""


class UnauthorizedClient(InvalidError):
    """This client may not use this grant."""


class UnknownRole(InvalidError):
    """A role is `system_administrator` or `program_administrator:<program>`."""


class UnknownScope(InvalidError):
    """A scope was asked for that goes beyond what was given."""


class UnknownTarget(InvalidError):
    """The program is not there, or not yours to get a token for, or the person doesn't reach the client with it."""


class UnsupportedGrantType(InvalidError):
    """This grant_type is not supported; the metadata lists those that are."""


class UnsupportedTokenType(InvalidError):
    """A service account's tokens are not given back: they are good for minutes, or until it is revoked."""


class VerificationPending(ConflictError):
    """This organisation is being verified; wait for the outcome, or withdraw what was asked for."""


class WrongClientCredentials(UnauthenticatedError):
    """The client id or the client secret is wrong."""


class WrongCode(UnauthenticatedError):
    """This is no code of the second factor, or it was used already; wait for the next one."""


class WrongPassword(InvalidError):
    """This is not your password."""


class WrongSignIn(UnauthenticatedError):
    """E-mail or password is wrong."""


BY_CODE: dict[str, type[ApiError]] = {
    "invalid": InvalidError,
    "unauthenticated": UnauthenticatedError,
    "forbidden": ForbiddenError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "too_many_requests": TooManyRequestsError,
    "unavailable": UnavailableError,
    "access_gone": AccessGone,
    "account_revoked": AccountRevoked,
    "address_taken": AddressTaken,
    "already_accepted": AlreadyAccepted,
    "already_active": AlreadyActive,
    "already_decided": AlreadyDecided,
    "already_has_sign_in": AlreadyHasSignIn,
    "already_invited": AlreadyInvited,
    "already_linked": AlreadyLinked,
    "already_member": AlreadyMember,
    "already_registered": AlreadyRegistered,
    "another_kind_of_number": AnotherKindOfNumber,
    "authorization_over": AuthorizationOver,
    "challenge_over": ChallengeOver,
    "changed_meanwhile": ChangedMeanwhile,
    "clock_only_moves_forward": ClockOnlyMovesForward,
    "email_change_over": EmailChangeOver,
    "grant_over": GrantOver,
    "has_administrator": HasAdministrator,
    "has_no_clients": HasNoClients,
    "idempotency_key_reused": IdempotencyKeyReused,
    "invalid_code": InvalidCode,
    "invalid_token_request": InvalidTokenRequest,
    "invitation_not_open": InvitationNotOpen,
    "invitation_over": InvitationOver,
    "is_leaving": IsLeaving,
    "last_administrator": LastAdministrator,
    "last_operator": LastOperator,
    "may_not_end_link": MayNotEndLink,
    "may_not_see_deliveries": MayNotSeeDeliveries,
    "method_not_allowed": MethodNotAllowed,
    "named_twice": NamedTwice,
    "no_number_change": NoNumberChange,
    "no_own_administrator": NoOwnAdministrator,
    "no_second_factor": NoSecondFactor,
    "not_a_form": NotAForm,
    "not_a_sole_trader": NotASoleTrader,
    "not_a_successor": NotASuccessor,
    "not_an_administrator": NotAnAdministrator,
    "not_an_agency": NotAnAgency,
    "not_an_agency_admin": NotAnAgencyAdmin,
    "not_an_operator": NotAnOperator,
    "not_eligible": NotEligible,
    "not_given_up": NotGivenUp,
    "not_in_an_address": NotInAnAddress,
    "not_json": NotJson,
    "not_own_administrator": NotOwnAdministrator,
    "not_the_sender": NotTheSender,
    "not_verified": NotVerified,
    "not_your_own_question": NotYourOwnQuestion,
    "not_your_place": NotYourPlace,
    "not_yours_to_see": NotYoursToSee,
    "nothing_to_verify": NothingToVerify,
    "only_agencies": OnlyAgencies,
    "organisation_was_refused": OrganisationWasRefused,
    "password_too_common": PasswordTooCommon,
    "pending_with_other_terms": PendingWithOtherTerms,
    "precondition_required": PreconditionRequired,
    "request_cancelled": RequestCancelled,
    "request_expired": RequestExpired,
    "reset_link_over": ResetLinkOver,
    "second_factor_in_use": SecondFactorInUse,
    "second_factor_required": SecondFactorRequired,
    "session_over": SessionOver,
    "sign_in_again": SignInAgain,
    "sign_in_first": SignInFirst,
    "simultaneous_change": SimultaneousChange,
    "subject_token_over": SubjectTokenOver,
    "too_large": TooLarge,
    "too_many_attempts": TooManyAttempts,
    "too_short": TooShort,
    "unauthorized_client": UnauthorizedClient,
    "unknown_role": UnknownRole,
    "unknown_scope": UnknownScope,
    "unknown_target": UnknownTarget,
    "unsupported_grant_type": UnsupportedGrantType,
    "unsupported_token_type": UnsupportedTokenType,
    "verification_pending": VerificationPending,
    "wrong_client_credentials": WrongClientCredentials,
    "wrong_code": WrongCode,
    "wrong_password": WrongPassword,
    "wrong_sign_in": WrongSignIn,
}
"""The class of an error by its code."""
