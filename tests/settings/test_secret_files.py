"""Secrets in files: the same settings as from the environment; what gives none stops the start without showing it."""

from pathlib import Path

import pytest

from app.core.secret_file import SECRETS
from app.core.setting import SettingError
from config import read_settings

KEY = "a-secret-key-that-is-long-enough-to-be-taken"


def test_a_file_gives_what_the_variable_would(tmp_path: Path) -> None:
    """Systemd's credentials and a container's secrets: the value is the file's, without its last line's end."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "url").write_text("postgresql://lianban:pass@db/lianban\n")
    found = read_settings({
        "LIANBAN_VAR": str(tmp_path / "var"),
        "LIANBAN_SECRET_KEY_FILE": str(tmp_path / "key"),
        "LIANBAN_DATABASE_URL_FILE": str(tmp_path / "url"),
    })  # fmt: skip
    assert (found.secret_key, found.database_url) == (KEY, "postgresql+psycopg://lianban:pass@db/lianban")
    assert not (tmp_path / "var" / "secret_key").exists()


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe", b"x" * 5000], ids=str)
def test_a_file_without_a_secret_stops_the_start(tmp_path: Path, name: str, content: bytes | None) -> None:
    """Missing, empty, no text, too long: the variable and its file are named."""
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingError) as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path / "var"), f"{name}_FILE": str(path)})
    assert f"{name}_FILE={str(path)!r}" in str(caught.value)
    assert "xxx" not in str(caught.value)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", SECRETS)
def test_both_forms_are_one_too_many(tmp_path: Path, name: str) -> None:
    """Which of the two counts is not guessed."""
    (tmp_path / "secret").write_text(KEY)
    with pytest.raises(SettingError, match=rf"^{name} and {name}_FILE") as caught:
        read_settings({"LIANBAN_VAR": str(tmp_path), name: "made-up", f"{name}_FILE": str(tmp_path / "secret")})
    assert KEY not in str(caught.value)


def test_the_log_hides_the_password_of_each_database(tmp_path: Path) -> None:
    """A password stands in an address as the address needs it, and turns up in errors as it is."""
    settings = read_settings({
        "LIANBAN_VAR": str(tmp_path), "LIANBAN_DATABASE_URL": "postgresql://a:first%40pw@127.0.0.1/x",
        "LIANBAN_REPLICA_URL": "postgresql://a:secondpw@127.0.0.2/x",
    })  # fmt: skip
    assert {"first@pw", "secondpw"} <= set(settings.secrets)
