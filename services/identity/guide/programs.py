"""Examples: programs, and how they sign people in."""

from libs.shared.openapi.guide import Example, example_id
from services.identity.guide.story import ANNA, COMPANY, SECRET, TOKEN
from services.identity.program_sessions import SCOPES
from services.identity.routes.authorizations import OpenAuthorization, RefuseAuthorization
from services.identity.routes.oidc import AboutToken, metadata_of
from services.identity.usecases.register_program import RegisterProgram
from services.identity.views.nothing import Nothing
from services.identity.views.oidc import ActorView, AuthorizationView, IntrospectionView, RedirectView, UserInfoView
from services.identity.views.programs import ProgramListView, ProgramView, RegisteredProgramView

ISSUER = "https://fullmakt.example/identity"
LAUNCH, CALLBACK = "https://books.example/launch", "https://books.example/callback"
REQUEST = "eyJhbGciOiJIUzI1NiJ9.eyJwcm9ncmFtIjoiYm9va2tlZXBpbmcifQ.c2lnbmF0dXJl"
AGENCY, LINK = example_id("agency"), example_id("link")
TO_PROGRAM = RedirectView(redirect_to=f"{CALLBACK}?code=fullmakt_code_AZr0&state=b7x&iss={ISSUER}")

EXAMPLES = {
    "listPrograms": Example(
        answer=ProgramListView(programs=[ProgramView(id="bookkeeping", name="Bookkeeping", launch_url=LAUNCH)])
    ),
    "registerProgram": Example(
        body=RegisterProgram(name="Bookkeeping", launch_url=LAUNCH, redirect_uris=[CALLBACK], confidential=True),
        answer=RegisteredProgramView(
            id="bookkeeping",
            name="Bookkeeping",
            launch_url=LAUNCH,
            redirect_uris=[CALLBACK],
            post_logout_redirect_uris=[],
            confidential=True,
            client_secret=SECRET,
        ),
    ),
    "removeProgram": Example(answer=Nothing()),
    "getProvider": Example(answer=metadata_of(ISSUER)),
    "getUserInfo": Example(
        answer=UserInfoView(
            sub=f"person:{ANNA}",
            name="Anna Ansvarig",
            locale="sv",
            zoneinfo="Europe/Stockholm",
            client=COMPANY,
            client_name="Åkeriet AB",
            agency=AGENCY,
            link_id=LINK,
        )
    ),
    "introspectToken": Example(
        body=AboutToken(token=TOKEN.access_token),
        answer=IntrospectionView(
            active=True,
            token_type="Bearer",  # noqa: S106 - the kind of token
            iss=ISSUER,
            sub=f"person:{ANNA}",
            aud="bookkeeping",
            exp=1_772_369_400,
            iat=1_772_368_800,
            client_id="bookkeeping",
            scope=" ".join(SCOPES),
            client=COMPANY,
            act=ActorView(sub="program:bookkeeping"),
        ),
    ),
    "revokeToken": Example(body=AboutToken(token=TOKEN.access_token), answer=Nothing()),
    "readAuthorization": Example(
        body=OpenAuthorization(request=REQUEST),
        answer=AuthorizationView(
            program="bookkeeping", program_name="Bookkeeping", company_id=COMPANY, prompt=None, login_hint=None
        ),
    ),
    "grantAuthorization": Example(body=OpenAuthorization(request=REQUEST), answer=TO_PROGRAM),
    "refuseAuthorization": Example(
        body=RefuseAuthorization(request=REQUEST, error="login_required"),
        answer=RedirectView(redirect_to=f"{CALLBACK}?error=login_required&state=b7x"),
    ),
}
