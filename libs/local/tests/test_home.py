from pathlib import Path

from libs.local.files import write_json
from libs.local.home import Home


def test_a_home_of_an_earlier_version_gets_the_secret_it_lacks_and_keeps_the_others(tmp_path: Path) -> None:
    home = Home(tmp_path, None)
    write_json(tmp_path / "secrets.json", {"mail_token_secret": "as it was", "signing_key": "of no use any more"})

    made = home.secrets()

    assert made.mail_token_secret == "as it was"
    assert len(made.key_secret) >= 43
    assert home.secrets() == made
