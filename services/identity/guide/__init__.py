"""What the OpenAPI document of identity tells beyond the code: what parameters mean, and one story of examples."""

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples
from services.identity.guide import (
    audit,
    client_users,
    credentials,
    current_session,
    operators,
    organisations,
    people,
    programs,
    tokens,
)
from services.identity.guide.story import ACCOUNT, ANNA, AT, COMPANY, INVITATION, JOINED

GUIDE = Guide(
    introduction="Organisations, people, their roles at their own organisation, and access tokens.",
    tags={
        "tokens": "Signing in, and the keys that tokens are checked by.",
        "sessions": "Where the signed-in person is signed in.",
        "programs": "Programs that sign people in by OpenID Connect; a library needs the issuer's address alone.",
        "people": "The signed-in person, invitations, erasure.",
        "organisations": "Agencies and companies, and their members.",
        "audit": "Who did what, when, and to whom.",
        "operators": "The vendor's back office.",
        "client users": "The users of an agency's clients, invited by who administers them there.",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter(
            "The organisation; the caller is a member of it, or a platform operator.", COMPANY
        ),
        "program": Parameter("The program, by its id: its client_id, and the audience of its tokens.", "bookkeeping"),
        "invitation_id": Parameter("The invitation.", INVITATION),
        "person_id": Parameter("The person.", ANNA),
        "account_id": Parameter("The service account; also its client_id.", ACCOUNT),
        "from": Parameter("From this moment on (RFC 3339, with its offset).", "2026-03-01T00:00:00Z"),
        "to": Parameter("To before this moment (RFC 3339, with its offset).", "2026-03-02T00:00:00Z"),
        "person": Parameter("Only what this person did, and what was done to them.", ANNA),
        "session_id": Parameter("The session; `sid` of its tokens.", credentials.SESSION),
        "mode": Parameter("Clients without own users (`new`), or own users without the app (`existing`).", "new"),
        "search": Parameter("Only whose name has this in it, whatever the case.", "åkeri"),
        "token": Parameter("The last part of the address in the mail.", "aW52aXRhdGlvbg.YW5uYQ.c2lnbmF0dXJl"),
    },
    examples={
        **tokens.EXAMPLES,
        **credentials.EXAMPLES,
        **programs.EXAMPLES,
        **people.EXAMPLES,
        **current_session.EXAMPLES,
        **organisations.EXAMPLES,
        **audit.EXAMPLES,
        **operators.EXAMPLES,
        **client_users.EXAMPLES,
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(JOINED, version=2, at=AT, actor=f"person:{ANNA}"),
    },
)
