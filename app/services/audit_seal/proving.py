"""Inclusion and consistency proofs out of the database: some hundred hashes of any tree, few statements."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.merkle.proof import Proven
from app.core.merkle.signed import Head
from app.core.merkle.tree import TILE_LEVELS, Frontier, Node, Span, cover, fold, list_consistency, list_inclusion
from app.models.record import Audit
from app.models.seal import AuditLeaf, AuditNode
from app.services.audit_seal.keeping import find_last_head

#: Stretches that one statement asks for at most.
_STRETCHES = 100
_NOT_SEALED = Sentence(
    "该记录尚未封存，请几分钟后再试。", "This entry is not sealed yet; try again in a few minutes."
)  # fmt: skip


def require_head(connection: Connection) -> Head:
    """Return the last head; ConflictError while nothing is sealed."""
    head = find_last_head(connection)
    if head is None:
        raise ConflictError("nothing_sealed", Sentence("日志还没有封存。", "Nothing of the log is sealed yet."))
    return head


def prove_entries(connection: Connection, audit_ids: Sequence[int], head: Head) -> list[Proven]:
    """Return entries of the log with the ways to a head's root, by leaf; ConflictError for one that is not sealed.

    Rows are left out: what of them may be shown is the caller's to decide.
    """
    found = connection.execute(
        select(AuditLeaf.leaf_index, AuditLeaf.audit_id, AuditLeaf.hash)
        .where(AuditLeaf.audit_id.in_(audit_ids), AuditLeaf.leaf_index < head.size)
        .order_by(AuditLeaf.leaf_index)
    ).all()
    if len(found) < len(set(audit_ids)):
        raise ConflictError("not_sealed", _NOT_SEALED)
    ways = {row.leaf_index: list_inclusion(row.leaf_index, head.size) for row in found}
    hashes = _read_spans(connection, {span for spans in ways.values() for span in spans})
    return [
        Proven(row.leaf_index, row.audit_id, row.hash, tuple(hashes[span] for span in ways[row.leaf_index]))
        for row in found
    ]


def prove_beginning(connection: Connection, size: int, head: Head) -> tuple[bytes, list[bytes]]:
    """Return the root over the first `size` entries and the way by which a head's log begins with them.

    InvalidError for a size that the log never had.
    """
    if not 0 < size <= head.size:
        said = Sentence(f"应为1至{head.size}。", f"Expected 1 to {head.size}.")
        raise InvalidError([Fault("from", said)])
    spans = list_consistency(size, head.size)
    hashes = _read_spans(connection, {*spans, (0, size)})
    return hashes[0, size], [hashes[span] for span in spans]


def list_ids_of_item(connection: Connection, item_id: int, size: int) -> list[int]:
    """Return the ids of an item's entries among the first `size` leaves."""
    statement = (
        select(Audit.id)
        .join(AuditLeaf, AuditLeaf.audit_id == Audit.id)
        .where(Audit.item_id == item_id, AuditLeaf.leaf_index < size)
        .order_by(Audit.id)
    )
    return list(connection.execute(statement).scalars())


def _read_spans(connection: Connection, spans: Iterable[Span]) -> dict[Span, bytes]:
    """Return the hash over each subtree: its perfect parts are made of kept nodes, or of leaves."""
    parts = {span: cover(span) for span in spans}
    nodes = {node for covered in parts.values() for node in covered}
    made = _read_nodes(connection, nodes)
    return {span: fold([made[node] for node in covered]) for span, covered in parts.items()}


def _read_nodes(connection: Connection, nodes: set[Node]) -> dict[Node, bytes]:
    """Return the hashes of perfect subtrees; one statement a level of kept nodes (a hundred stretches each)."""
    wanted: dict[int, list[Node]] = {}
    for node in nodes:
        wanted.setdefault(node[0] - node[0] % TILE_LEVELS, []).append(node)
    made: dict[Node, bytes] = {}
    for kept, of_level in wanted.items():
        for at in range(0, len(of_level), _STRETCHES):
            chunk = of_level[at : at + _STRETCHES]
            hashes = _read_stretches(connection, kept, [_stretch(kept, node) for node in chunk])
            for node in chunk:
                start, end = _stretch(kept, node)
                tree = Frontier()
                for place in range(start, end):
                    tree.append(hashes[place])
                made[node] = tree.root()
    return made


def _stretch(kept: int, node: Node) -> Span:
    """Return the places of the kept nodes below a subtree."""
    level, place = node
    return place << (level - kept), (place + 1) << (level - kept)


def _read_stretches(connection: Connection, kept: int, stretches: Sequence[Span]) -> dict[int, bytes]:
    column = AuditNode.place if kept else AuditLeaf.leaf_index
    within = or_(*(and_(column >= start, column < end) for start, end in stretches))
    statement = (
        select(AuditNode.place, AuditNode.hash).where(AuditNode.level == kept, within)
        if kept
        else select(AuditLeaf.leaf_index, AuditLeaf.hash).where(within)
    )
    return {place: digest for place, digest in connection.execute(statement)}  # noqa: C416  # rows are no pairs to mypy
