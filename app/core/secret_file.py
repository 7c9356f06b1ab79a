"""Secrets that stand in files of their own: `NAME_FILE=/path` says where the value of `NAME` is read.

What is set in the environment can be read in many places (`systemctl show`, `docker inspect`, reports of a crash); a
file is handed to one service only: systemd's `LoadCredential=`, a container's secrets.
"""

from collections.abc import Mapping
from pathlib import Path

#: Settings that are secret, or hold a password.
SECRETS = (
    "LIANBAN_SECRET_KEY", "LIANBAN_PASSWORD_PEPPER", "LIANBAN_DATABASE_URL", "LIANBAN_SMTP_URL",
    "LIANBAN_OIDC_CLIENT_SECRET", "LIANBAN_STORE_SECRET", "LIANBAN_METRICS_TOKEN", "LIANBAN_REPLICA_URL",
)  # fmt: skip
_MOST_BYTES = 4096


class SecretFileError(ValueError):
    """A file that gives no secret; names the variable, never what stands in the file."""


def read_secret_files(env: Mapping[str, str]) -> dict[str, str]:
    """Return `env` with the secrets that its `…_FILE` variables point to, without the white space around them.

    SecretFileError when a file cannot be read, is empty or longer than 4096 bytes, or when both forms are set.
    """
    found = dict(env)
    for name in SECRETS:
        place = env.get(f"{name}_FILE", "")
        if not place:
            continue
        if env.get(name):
            raise SecretFileError(f"{name} and {name}_FILE: expected one of them, not both")
        found[name] = read_secret(f"{name}_FILE", Path(place))
    return found


def read_secret(name: str, path: Path) -> str:
    """Return the one short text in a file, without white space around it; SecretFileError names setting and file."""
    try:
        with path.open("rb") as file:
            value = file.read(_MOST_BYTES + 1)
        text = value.decode().strip()
    except OSError as error:
        raise SecretFileError(f"{name}={str(path)!r}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise SecretFileError(f"{name}={str(path)!r}: expected text in UTF-8") from None
    if not text or len(value) > _MOST_BYTES:
        raise SecretFileError(f"{name}={str(path)!r}: expected one value of 1 to {_MOST_BYTES} bytes")
    return text
