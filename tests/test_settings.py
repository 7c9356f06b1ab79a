"""Settings: what they are by default, and that a bad value stops the start with its name."""

from pathlib import Path

import pytest
from flask import request

from app.factory import create_app
from config import SettingError, read_settings


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
    ],
)
def test_bad_values_stop_the_start(tmp_path: Path, name: str, value: str) -> None:
    """The variable is named; a secret is not repeated."""
    with pytest.raises(SettingError) as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path), name: value})
    assert name in str(caught.value)
    assert "secret" not in str(caught.value)


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
