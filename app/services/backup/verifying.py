"""What must hold in a restored city: readers, ledger, files; each fault as a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.core.merkle.verdict import Verdict as LogVerdict
from app.core.store import Store
from app.policy.access import compare
from app.services.attachment.upkeep import list_needed
from app.services.fund.checking import check_ledger

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and every fault."""

    funds: int
    ledger_entries: int
    files: int
    faults: tuple[Sentence, ...]
    log_rows: int = 0

    def add_log(self, log: LogVerdict) -> "Verdict":
        """Return the same with what was found of the sealed log."""
        faults = tuple(Sentence(f"日志：{line}", f"log: {line}") for line in log.lines())
        return replace(self, faults=self.faults + faults, log_rows=log.rows)


def verify(connection: Connection, store: Store) -> Verdict:
    """Compare the readers' table with its rebuild, the ledger with itself, the rows of files with the store's names."""
    ledger = check_ledger(connection)
    needed = list_needed(connection)
    faults = [*_find_access(connection), *(fault.tell() for fault in ledger.faults), *_find_missing(store, needed)]
    return Verdict(ledger.funds, ledger.entries, len(needed), tuple(faults))


def _find_access(connection: Connection) -> Iterator[Sentence]:
    differences = compare(connection)
    for one in differences[:_NAMED]:
        said = f"{one.fault}: {one.reader} item {one.item_id}"
        yield Sentence(f"可读范围不符：{said}", f"access: {said}")
    if len(differences) > _NAMED:
        rest = len(differences) - _NAMED
        yield Sentence(f"可读范围另有{rest}处不符。", f"access: {rest} more differences")


def _find_missing(store: Store, needed: set[str]) -> Iterator[Sentence]:
    for sha256 in sorted(needed):
        if not store.exists(sha256):
            yield Sentence(f"缺少文件{sha256}。", f"file {sha256} is missing")
