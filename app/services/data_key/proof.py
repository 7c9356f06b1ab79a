"""Knows a missing or another data key before anything is read or written with it: each left a proof in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import Sentence, UnavailableError
from app.core.ring import DataKey
from app.core.sealing import SealError, chosen_ring, find_key, open_text, seal_text
from app.models.data_key import DataKeyMark

_PLACE = "data_key.proof"
_TEXT = "lianban"


def check_ring(connection: Connection) -> bool:
    """Raise UnavailableError when a key that sealed something here is missing or another one; one statement.

    Returns whether the active key has left its proof.
    """
    rows = connection.execute(select(DataKeyMark.id, DataKeyMark.proof).order_by(DataKeyMark.id)).all()
    proofs = {row.id: row.proof for row in rows}
    check_proofs(proofs)
    return chosen_ring().ring.active.id in proofs


def check_proofs(proofs: Mapping[str, str]) -> None:
    """Raise UnavailableError when a key is missing or another one; `proofs` are {key's id: proof}."""
    for key_id, proof in proofs.items():
        find_key(key_id, "data_key")
        try:
            open_text(proof, _PLACE, key_id)
        except SealError:
            raise _make_other(key_id) from None


def register_key(connection: Connection, now: datetime, key: DataKey | None = None) -> None:
    """Leave the proof of a key (default: the active one), before it seals anything else (idempotent)."""
    one = key or chosen_ring().ring.active
    proof = seal_text(_TEXT, one, _PLACE, one.id)
    connection.execute(
        make_insert(connection, DataKeyMark)
        .values(id=one.id, algorithm=one.algorithm, proof=proof, began_at=now)
        .on_conflict_do_nothing()
    )


def _make_other(key_id: str) -> UnavailableError:
    path = chosen_ring().path
    said = Sentence(
        f"{path}中的数据密钥{key_id}与加密本数据库所用的不同，请换回原来的文件。",
        f"The data key {key_id} in {path} is not the one that sealed this database; put the right file back.",
    )
    return UnavailableError("data_key_other", said)
