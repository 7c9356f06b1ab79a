"""Verifies a database, a bundle or a proof against what this machine and the caller know of keys and heads."""

from collections.abc import Sequence
from pathlib import Path

from app.core.errors import Fault, InvalidError, Sentence
from app.core.merkle.bundle import Bundle
from app.core.merkle.proof import check_proof
from app.core.merkle.signed import FormError, is_hex, read_signer
from app.core.merkle.verdict import Verdict
from app.core.merkle.verifying import Outside
from app.edge.context import Context
from app.edge.seal.heads_file import find_path, read_kept, read_outside
from app.edge.seal.key_file import list_own_ids
from app.services.audit_seal.verifying import verify_database

_KEY_ID_BYTES = 16


def verify_log(context: Context, heads: Sequence[str], keys: Sequence[str]) -> Verdict:
    """Verify the database against its own kept heads, its key files, and what is named besides."""
    path = find_path(context)
    outside = [*(read_kept(path) if path.exists() else ()), *read_outside(heads)]
    trusted = [*list_own_ids(context), *read_trusted(keys)]
    with context.database.reading() as unit:
        return verify_database(unit.connection(), trusted=trusted, outside=outside)


def verify_bundle(path: Path, heads: Sequence[str], keys: Sequence[str]) -> Verdict:
    """Verify a bundle by itself; InvalidError says why a file is refused before anything of it is looked at."""
    outside, trusted = read_outside(heads), read_trusted(keys)
    try:
        with path.open("rb") as stream:
            return Bundle(stream).verify(trusted, outside)
    except FormError as error:
        raise _refuse("bundle", path, error) from error


def verify_proof(path: Path, heads: Sequence[str], keys: Sequence[str]) -> Verdict:
    """Verify a proof by itself."""
    outside: list[Outside] = read_outside(heads)
    try:
        return check_proof(path.read_bytes(), read_trusted(keys), outside)
    except FormError as error:
        raise _refuse("proof", path, error) from error


def _refuse(name: str, path: Path, error: FormError) -> InvalidError:
    return InvalidError([Fault(name, Sentence(f"{path}：{error}。", f"{path}: {error}."))])


def read_trusted(given: Sequence[str]) -> list[str]:
    """Return the ids of keys as a command takes them: an id, or the file of a private key."""
    found = []
    for one in given:
        if is_hex(one, _KEY_ID_BYTES):
            found.append(one)
            continue
        try:
            found.append(read_signer(Path(one).read_bytes()).key_id)
        except (OSError, FormError) as error:
            said = Sentence(
                f"{one}：应为32位十六进制密钥编号，或私钥文件。",
                f"{one}: expected a key's id of 32 hexadecimal digits, or a file with a private key.",
            )
            raise InvalidError([Fault("key", said)]) from error
    return found
