"""Private keys of the seal as files: the one that LIANBAN_AUDIT_KEY names, or `keys/audit-….pem` below LIANBAN_VAR.

Files are of mode 0600 in a folder of mode 0700, written whole or not at all; nothing but signing needs them.
"""

import os
from pathlib import Path

from app.core.errors import Sentence, UnavailableError
from app.core.merkle.signed import FormError, Signer, make_private_pem, read_signer
from app.edge.context import Context


def find_signer(context: Context, key_id: str) -> Signer:
    """Return the signer with this id; UnavailableError when its file is not here."""
    for path in _list_files(context):
        signer = _read(path)
        if signer is not None and signer.key_id == key_id:
            return signer
    raise UnavailableError(
        "audit_key_missing",
        Sentence(
            f"找不到日志封存的私钥{key_id}（LIANBAN_AUDIT_KEY或{_name(context, key_id)}）。",
            f"The private key {key_id} of the log's seal is not here (LIANBAN_AUDIT_KEY or {_name(context, key_id)}).",
        ),
    )


def list_own_ids(context: Context) -> list[str]:
    """Return the ids of the keys whose files are here."""
    signers = (_read(path) for path in _list_files(context))
    return sorted({signer.key_id for signer in signers if signer is not None})


def begin_signer(context: Context) -> tuple[Signer, Path | None]:
    """Return the first signer: the one that the settings name, else a new one with its file."""
    named = context.settings.audit_key
    signer = None if named is None else _read(named)
    return make_signer(context) if signer is None else (signer, None)


def make_signer(context: Context) -> tuple[Signer, Path]:
    """Make a key, keep its file, and return both; whoever cannot use it drops the file."""
    pem = make_private_pem()
    signer = read_signer(pem)
    path = _name(context, signer.key_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return signer, path


def _name(context: Context, key_id: str) -> Path:
    return context.settings.var / "keys" / f"audit-{key_id}.pem"


def _list_files(context: Context) -> list[Path]:
    named = context.settings.audit_key
    return ([] if named is None else [named]) + sorted((context.settings.var / "keys").glob("audit-*.pem"))


def _read(path: Path) -> Signer | None:
    try:
        return read_signer(path.read_bytes())
    except (OSError, FormError):
        return None
