"""What a verification found: counts, the last head, and every flaw by kind with the entry and leaf it is about."""

from collections import Counter
from dataclasses import dataclass, field

from app.core.merkle.signed import Head

#: kind: what it says. The order is the one in which they are told.
KINDS = (
    "altered", "removed", "inserted", "cut off", "gap in leaves", "head missing", "head differs", "bad signature",
    "wrong key", "bad node",
)  # fmt: skip
#: So many are kept one by one; the rest is only counted.
KEPT_MAX = 1000


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong; `leaf` to `until` (taken in) where it is about a stretch of leaves."""

    kind: str
    told: str
    audit_id: int | None = None
    leaf: int | None = None
    until: int | None = None

    def line(self) -> str:
        """Return it as one line."""
        parts = [] if self.audit_id is None else [f"audit {self.audit_id}"]
        if self.leaf is not None:
            parts.append(f"leaf {self.leaf}" if self.until in (None, self.leaf) else f"leaves {self.leaf}–{self.until}")
        place = f" {', '.join(parts)}" if parts else ""
        return f"{self.kind}:{place}: {self.told}" if place else f"{self.kind}: {self.told}"


@dataclass
class Verdict:
    """What was verified and found. `hidden` entries were there as hashes only, `pending` are not sealed yet.

    `head` is the last one of the log. `trusted`: a key or head known from outside agreed.
    """

    rows: int = 0
    hidden: int = 0
    leaves: int = 0
    heads: int = 0
    keys: int = 0
    pending: int = 0
    pending_since: str | None = None
    head: Head | None = None
    compared: int = 0
    is_anchored: bool = False
    flaws: list[Flaw] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, flaw: Flaw) -> None:
        """Take in a flaw."""
        self.counts[flaw.kind] += 1
        if len(self.flaws) < KEPT_MAX:
            self.flaws.append(flaw)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.counts

    def record(self) -> dict[str, object]:
        """Return it as one JSON object."""
        head = self.head
        return {
            "rows": self.rows, "hidden": self.hidden, "leaves": self.leaves, "heads": self.heads, "keys": self.keys,
            "tree_size": head.size if head else 0, "root": head.root if head else None,
            "signed_at": head.signed_at if head else None, "key_id": head.key_id if head else None,
            "pending": self.pending, "pending_since": self.pending_since, "compared_heads": self.compared,
            "anchored": self.is_anchored, "faults": sum(self.counts.values()),
            "by_kind": {kind: self.counts[kind] for kind in KINDS if self.counts[kind]},
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Return a line a flaw, and one that says how many more there are."""
        more = sum(self.counts.values()) - len(self.flaws)
        return [flaw.line() for flaw in self.flaws] + ([f"and {more} more faults"] if more else [])
