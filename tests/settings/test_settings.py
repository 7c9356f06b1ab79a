"""Settings: what they are by default, and that a bad value stops the start with its name."""

from pathlib import Path

import pytest
from flask import request

from app.core.setting import SettingError
from app.factory import create_app
from config import read_settings
from workflows.roles import Duty


def test_defaults_of_the_shell(tmp_path: Path) -> None:
    """Two hours idle, twelve in all, no pepper, no proxy."""
    found = read_settings({"LIANBAN_VAR": str(tmp_path)})
    assert (found.session_idle_minutes, found.session_hours, found.password_pepper, found.proxies) == (120, 12, "", 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANBAN_SESSION_IDLE_MINUTES", "4"),
        ("LIANBAN_SESSION_IDLE_MINUTES", "soon"),
        ("LIANBAN_SESSION_HOURS", "0"),
        ("LIANBAN_SESSION_HOURS", "169"),
        ("LIANBAN_SESSION_HOURS", "１２"),
        ("LIANBAN_PROXIES", "-1"),
        ("LIANBAN_PROXIES", "6"),
        ("LIANBAN_PASSWORD_PEPPER", "short-and-secret"),
        ("LIANBAN_TOTP", "sometimes"),
        ("LIANBAN_RENDERERS", "9"),
        ("LIANBAN_FONT_FANG", "/nowhere/fang.ttf"),
        ("LIANBAN_FONT_TITLE", __file__),
        ("LIANBAN_TOTP_ROLES", "office,chief"),
        ("LIANBAN_PASSWORD_LOG_IN", "nobody"),
        ("LIANBAN_BACKUP_KEY", "/nowhere/backup.key"),
        ("LIANBAN_BACKUP_KEY", __file__),
        ("LIANBAN_UPGRADE_LOCK_SECONDS", "0"),
        ("LIANBAN_UPGRADE_STATEMENT_SECONDS", "-1"),
        ("LIANBAN_STATEMENT_SECONDS", "1h"),
        ("LIANBAN_PASSWORD_LOG_IN", "admins"),  # nobody else could log in at all
    ],
)
def test_bad_values_stop_the_start(tmp_path: Path, name: str, value: str) -> None:
    """The variable is named; a secret is not repeated."""
    with pytest.raises(SettingError) as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path), name: value})
    assert name in str(caught.value)
    assert "secret" not in str(caught.value)


OIDC = {
    "LIANBAN_OIDC_ISSUER": "https://id.example.gov/realm",
    "LIANBAN_OIDC_CLIENT_ID": "lianban",
    "LIANBAN_OIDC_CLIENT_SECRET": "made-up",
}


@pytest.mark.parametrize("missing", sorted(OIDC))
def test_what_single_sign_on_lacks_is_named(tmp_path: Path, missing: str) -> None:
    """Half a provider stops the start: what is missing is named, what is secret is not repeated."""
    given = {name: value for name, value in OIDC.items() if name != missing}
    with pytest.raises(SettingError) as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path), **given})
    assert missing in str(caught.value)
    assert "made-up" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANBAN_OIDC_ISSUER", "http://id.example.gov"),
        ("LIANBAN_OIDC_ISSUER", "https://user@id.example.gov"),
        ("LIANBAN_OIDC_ISSUER", "https://id.example.gov?x=1"),
        ("LIANBAN_OIDC_ISSUER", "id.example.gov"),
        ("LIANBAN_OIDC_CLAIM", "name"),
    ],
)
def test_a_provider_that_cannot_be_trusted_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    """Only https, no user, no query; only claims that name a log-in."""
    with pytest.raises(SettingError) as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path), **OIDC, name: value})
    assert name in str(caught.value)


def test_single_sign_on_and_second_factor_are_read(tmp_path: Path) -> None:
    """Off by default; with settings as they say."""
    plain = read_settings({"LIANBAN_VAR": str(tmp_path)})
    assert (plain.totp, plain.totp_roles, plain.provider, plain.is_password_for_all) == (
        "optional", frozenset(), None, True
    )  # fmt: skip
    more = {"LIANBAN_TOTP": "required", "LIANBAN_TOTP_ROLES": "admin, office", "LIANBAN_PASSWORD_LOG_IN": "admins"}
    found = read_settings({"LIANBAN_VAR": str(tmp_path), **OIDC, **more})
    assert found.totp_roles == {Duty.ADMIN, Duty.OFFICE}
    assert not found.is_password_for_all
    assert found.provider is not None
    assert (found.provider.claim, "made-up" in repr(found.provider)) == ("sub", False)


@pytest.mark.parametrize(("proxies", "address"), [("0", "10.0.0.1"), ("1", "198.51.100.7"), ("2", "203.0.113.5")])
def test_only_proxies_of_ones_own_are_believed(tmp_path: Path, proxies: str, address: str) -> None:
    """What a caller adds in front of the list of addresses counts for nothing."""
    app = create_app(read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_PROXIES": proxies}))
    seen: list[str | None] = []

    def show() -> str:
        seen.append(request.remote_addr)
        return ""

    app.add_url_rule("/who", view_func=show)
    headers = {"X-Forwarded-For": "192.0.2.66, 203.0.113.5, 198.51.100.7"}
    app.test_client().get("/who", headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    assert seen == [address]
