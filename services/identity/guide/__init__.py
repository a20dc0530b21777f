"""What the OpenAPI document of identity tells beyond the code: what parameters mean, and one story of examples."""

from libs.shared.clock import SetClock
from libs.shared.openapi.guide import Example, Guide, Parameter, event_examples
from services.identity.guide import organisations, people, programs, tokens
from services.identity.guide.story import ANNA, AT, COMPANY, JOINED

GUIDE = Guide(
    introduction="Organisations, people, their roles at their own organisation, and access tokens.",
    tags={
        "tokens": "Signing in, and the keys that tokens are checked by.",
        "programs": "Programs that sign people in by OpenID Connect; a library needs the issuer's address alone.",
        "people": "The signed-in person, invitations, erasure.",
        "organisations": "Agencies and companies, and their members.",
        "feed": "Events over HTTP.",
        "sandbox": "For test systems only.",
        "health": "For whoever runs the service.",
    },
    parameters={
        "organisation_id": Parameter(
            "The organisation; the caller is a member of it, or a platform operator.", COMPANY
        ),
        "program": Parameter("The program, by its id: its client_id, and the audience of its tokens.", "bookkeeping"),
        "person_id": Parameter("The person.", ANNA),
        "token": Parameter("The last part of the address in the mail.", "aW52aXRhdGlvbg.YW5uYQ.c2lnbmF0dXJl"),
    },
    examples={
        **tokens.EXAMPLES,
        **programs.EXAMPLES,
        **people.EXAMPLES,
        **organisations.EXAMPLES,
        "setClock": Example(body=SetClock(ahead_seconds=604_800), answer=SetClock(ahead_seconds=604_800)),
        "live": Example(answer="ok"),
        "ready": Example(answer="ok"),
        **event_examples(JOINED, version=2, at=AT, actor=f"person:{ANNA}"),
    },
)
