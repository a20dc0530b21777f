import logging
import traceback
from typing import Any

import httpx
import pytest
from fullmakt.client import AccessToken, ClientCredentials, Credentials, Retries, SignIn
from fullmakt.client.call import Call
from fullmakt.client.errors import FullmaktError
from fullmakt.client.models import identity

from tests.scripted import ONE, Answer, Flavour, Script, get_me, problem

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "holder",
    [
        AccessToken(SECRET),
        ClientCredentials("id", SECRET),
        SignIn("anna@company.test", SECRET),
        identity.SignIn(email="anna@company.test", password=SECRET),
        identity.AcceptInvitation(password=SECRET),
        identity.ServiceAccountView(client_id=ONE, client_secret=SECRET, scopes=[]),
        identity.TokenView(access_token=SECRET, expires_in=600),
        Call(name="x", method="GET", path=f"/{SECRET}", answer=str, body={"password": SECRET}),
    ],
)
def test_no_repr_shows_a_secret(holder: object) -> None:
    assert SECRET not in repr(holder)
    assert SECRET not in str(holder)


def test_a_repr_shows_what_is_no_secret() -> None:
    told = identity.SignIn(email="anna@company.test", password=SECRET)

    assert repr(told) == "SignIn(email='anna@company.test', password='***', device_token=None)"
    assert repr(identity.RecoveryCodesView(recovery_codes=[SECRET])) == "RecoveryCodesView(recovery_codes='***')"
    assert repr(identity.AcceptInvitation()) == "AcceptInvitation(password=None)"


@pytest.mark.parametrize("by", [AccessToken(SECRET), ClientCredentials("id", SECRET), SignIn("a@b.test", SECRET)])
@pytest.mark.parametrize("wrong", [problem(401), problem(500), httpx.ReadError("x"), httpx.Response(200, text=SECRET)])
async def test_no_error_and_no_log_tells_a_secret(
    flavour: Flavour, by: Credentials, wrong: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script(wrong)
    script.token_answers = [wrong]

    with pytest.raises(FullmaktError) as failed:
        await flavour.do(script, get_me, by=by, retries=Retries(deadline=0))

    assert SECRET not in "".join(traceback.format_exception(failed.value))
    assert SECRET not in caplog.text


async def test_an_error_about_a_body_does_not_quote_it(flavour: Flavour) -> None:
    def sign_in(api: Any) -> Any:
        return api.identity.sign_in(identity.SignIn(email="anna@company.test", password=SECRET))

    script = Script(problem(400))
    script.token_answers = [problem(400)]

    with pytest.raises(FullmaktError) as failed:
        await flavour.do(script, sign_in, retries=Retries(deadline=0))

    assert SECRET not in repr(failed.value)
