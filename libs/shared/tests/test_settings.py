import pytest

from libs.shared.settings import ServiceSettings, SettingsError, read_settings

GOOD = {
    "FULLMAKT_DATABASE_URL": "postgresql://x",
    "FULLMAKT_NATS_URL": "nats://x",
    "FULLMAKT_NATS_USER": "x",
    "FULLMAKT_NATS_PASSWORD": "secret",
    "FULLMAKT_PUBLIC_URL": "http://x",
    "FULLMAKT_IDENTITY_URL": "http://x",
}


def test_settings_are_read_from_their_variables() -> None:
    settings = read_settings(ServiceSettings, GOOD | {"FULLMAKT_PORT": "8001", "FULLMAKT_SANDBOX": "true", "HOME": "/"})

    assert (settings.port, settings.sandbox, settings.pool_size) == (8001, True, 5)


def test_each_missing_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="not set: FULLMAKT_DATABASE_URL, FULLMAKT_NATS_PASSWORD"):
        read_settings(ServiceSettings, {k: v for k, v in GOOD.items() if "DATABASE" not in k and "PASSWORD" not in k})


@pytest.mark.parametrize(
    ("variable", "value"), [("FULLMAKT_PORT", "eighty"), ("FULLMAKT_SANDBOX", "perhaps"), ("FULLMAKT_POOL_SIZE", "")]
)
def test_a_bad_value_is_named_by_its_variable_and_not_shown(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable) as told:
        read_settings(ServiceSettings, GOOD | {variable: value})
    assert not value or value not in str(told.value)
