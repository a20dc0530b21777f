"""Examples: signing in, sessions, and what people sign in with."""

from datetime import timedelta

from libs.shared.openapi.guide import Example, example_id
from services.identity.guide.story import ANNA, AT, PASSWORD, TOKEN
from services.identity.opaque import write_opaque
from services.identity.usecases.change_email import ChangeEmail, Confirmation
from services.identity.usecases.change_password import ChangePassword
from services.identity.usecases.change_second_factor import AddSecondFactor, ConfirmSecondFactor, ProveBoth
from services.identity.usecases.reset_password import RequestPasswordReset, ResetPassword
from services.identity.usecases.sign_in import AnswerChallenge, SignIn
from services.identity.usecases.use_session import UseSession
from services.identity.views.credentials import (
    EmailChangeView,
    NewFactorView,
    PasswordChangedView,
    RecoveryCodesView,
    ResetView,
)
from services.identity.views.nothing import Nothing
from services.identity.views.sessions import SessionPage, SessionView, SignedInView
from services.identity.views.tokens import TokenView

SESSION = example_id("session")
DEVICE_TOKEN = "gAAAAABl7fJYh1c3v5nQ0zJ2rXb9mK4tLwP8yA6dS1eV7uC2oF5iB3gH0kM9qR4x"  # noqa: S105 - an example
CHALLENGE = "gAAAAABl7fJZq8w2e4r6t1y3u5i7o9p0a2s4d6f8g1h3j5k7l9z0x2c4v6b8n1m3"
SESSION_TOKEN = write_opaque("fullmakt_session", ANNA, SESSION, bytes(range(32)))
NEW_PASSWORD = "four geese cross the road"  # noqa: S105
CODE = "492039"
BOTH = ProveBoth(password=PASSWORD, code=CODE)
CODES = RecoveryCodesView(recovery_codes=["7K3M-Q9XA-2ZTB", "C4HN-80WF-RJ5D"])
SIGNED_IN = SignedInView(
    access_token=TOKEN.access_token,
    expires_in=600,
    session_token=SESSION_TOKEN,
    session_id=SESSION,
    device_token=DEVICE_TOKEN,
)

EXAMPLES = {
    "signIn": Example(body=SignIn(email="anna@akeriet.example", password=PASSWORD), answer=SIGNED_IN),
    "answerChallenge": Example(body=AnswerChallenge(challenge=CHALLENGE, code=CODE), answer=SIGNED_IN),
    "useSession": Example(
        body=UseSession(session_token=SESSION_TOKEN), answer=TokenView(access_token=TOKEN.access_token, expires_in=600)
    ),
    "signOut": Example(answer=Nothing()),
    "listSessions": Example(
        answer=SessionPage(
            items=[
                SessionView(
                    session_id=SESSION,
                    current=True,
                    program=None,
                    company_id=None,
                    methods=["pwd", "otp", "mfa"],
                    user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                    address="192.0.2.17",
                    created_at=AT,
                    used_at=AT + timedelta(minutes=40),
                )
            ],
            next=None,
        )
    ),
    "endSession": Example(parameters={"session_id": SESSION}, answer=Nothing()),
    "endOtherSessions": Example(answer=Nothing()),
    "changePassword": Example(
        body=ChangePassword(current_password=PASSWORD, new_password=NEW_PASSWORD, device_token=DEVICE_TOKEN),
        answer=PasswordChangedView(device_token=DEVICE_TOKEN),
    ),
    "addSecondFactor": Example(
        body=AddSecondFactor(password=PASSWORD),
        answer=NewFactorView(
            secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",  # noqa: S106 - RFC 6238's own
            uri="otpauth://totp/Fullmakt:anna%40akeriet.example?digits=6&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&algorithm=SHA1&issuer=Fullmakt&period=30",
        ),
    ),
    "confirmSecondFactor": Example(body=ConfirmSecondFactor(code=CODE), answer=CODES),
    "removeSecondFactor": Example(body=BOTH, answer=Nothing()),
    "renewRecoveryCodes": Example(body=BOTH, answer=CODES),
    "changeEmail": Example(
        body=ChangeEmail(email="anna.ansvarig@akeriet.example", password=PASSWORD),
        answer=EmailChangeView(expires_at=AT + timedelta(hours=24)),
    ),
    "cancelEmailChange": Example(answer=Nothing()),
    "confirmEmailChange": Example(answer=Confirmation(state="waiting", missing="old")),
    "requestPasswordReset": Example(body=RequestPasswordReset(email="anna@akeriet.example"), answer=Nothing()),
    "resetPassword": Example(body=ResetPassword(password=NEW_PASSWORD), answer=ResetView(device_token=DEVICE_TOKEN)),
}
