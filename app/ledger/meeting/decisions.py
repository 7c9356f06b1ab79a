"""Lines of decisions: whose they are, by when, under which number; and later lists that say which of them are done."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date

from app.core.text import TEXT_MAX, clean
from app.ledger.findings import Findings
from app.ledger.meeting.due_text import read_due_text
from app.ledger.meeting.mapping import MeetingMapping
from app.ledger.meeting.rows import DecisionRow
from app.ledger.meeting.value import Reader

_REFERENCE_MAX = 60
_DUE_MAX = 200
_DIGEST = 12
_BODY_MAX = 60
#: What stands before the words themselves: a list's number, "ACTION -", a code with digits and dashes, brackets.
_LEADING = re.compile(
    r"(?:[\W_]+|\d+\.\s|(?:see|so|the)\b|action(?![\w-])|(?:act(?:ion)?-)?[a-z]+-[\w-]*\d(?![\w-]))+", re.IGNORECASE
)


class DecisionReader:
    """Reads lines one after the other: the same line twice in a meeting is kept, and marked."""

    def __init__(self, mapping: MeetingMapping, findings: Findings) -> None:
        self._names = mapping.decision
        self._findings = findings
        words = "|".join(re.escape(word) for word in self._names.get("collective", ()))
        self._collective = re.compile(rf"(?:\w+\s*/\s*)?(?:{words})(?![\w-])") if words else None
        self._identity = re.compile(self._names["identity"]) if "identity" in self._names else None
        self._keys: dict[str, int] = {}
        self._lines: dict[tuple[date, str, str], int] = {}

    def read(self, given: Reader, held_on: date) -> DecisionRow:
        """Return the decision of one line."""
        names = self._names
        body, text = given.text(names["body"], _BODY_MAX), given.text(names["text"], TEXT_MAX)
        if not body:
            given.fault("no_body", names["body"], "", "须写明是什么会议", "which body decided")
        if not text:
            given.fault("no_text", names["text"], "", "须有内容", "what was decided")
        agencies = tuple(
            dict.fromkeys(
                one for part in given.text(names.get("agencies"), TEXT_MAX).split(names.get("separator", ";"))
                if (one := clean(part))
            )
        )  # fmt: skip
        reference, due_text = given.text(names.get("reference"), _REFERENCE_MAX), given.text(names.get("due"), _DUE_MAX)
        due_on = read_due_text(due_text, held_on) if due_text else None
        if due_text and due_on is None:
            given.flag("date_text", names["due"], due_text, "看不出确定的日期，原文保留", "a certain day; kept as text")
        same = (held_on, body, text)
        is_doubled = same in self._lines
        if is_doubled:
            first = self._lines[same]
            given.flag("doubled_line", names["text"], text, f"与第 {first} 行相同", f"another line than row {first}")
        self._lines.setdefault(same, given.line)
        identity = self._identity.search(text) if self._identity else None
        return DecisionRow(
            line=given.line, key=self._key(held_on, body, reference, text), held_on=held_on, body=body, text=text,
            agencies=agencies, is_collective=self._names_all(text), due_text=due_text, due_on=due_on,
            reference=reference, identity=identity[0] if identity else "", is_doubled=is_doubled, raw=given.plain(),
            sheet=given.sheet,
        )  # fmt: skip

    def _names_all(self, text: str) -> bool:
        """Whether a line is for everybody, or for a whole body: "All to comment", "SC members to …"."""
        leading = _LEADING.match(text)
        rest = text[leading.end() :] if leading else text
        return self._collective is not None and self._collective.match(rest) is not None

    def _key(self, held_on: date, body: str, reference: str, text: str) -> str:
        """Return a key that stays when lines come between: the tracker's number, else a digest of the words."""
        digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
        plain = f"{held_on.isoformat()}/{body}/{f'#{reference}' if reference else digest}"
        number = self._keys[plain] = self._keys.get(plain, 0) + 1
        return plain if number == 1 else f"{plain}~{number}"


def read_settled(rows: Iterable[tuple[Reader, date]], mapping: MeetingMapping) -> dict[str, date]:
    """Return since when the lists call things done, by identity; what the last list has open again is not done."""
    names = mapping.settled
    since: dict[str, date] = {}
    for given, on in sorted(rows, key=lambda row: row[1]):
        identity = given.text(names["identity"], _REFERENCE_MAX)
        if given.text(names["status"], _REFERENCE_MAX) in names["done"]:
            since.setdefault(identity, on)
        else:
            since.pop(identity, None)
    return since
