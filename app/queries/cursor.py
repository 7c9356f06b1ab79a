"""Places in a list, opaque to callers: the sort and the last row's key; a broken one is refused, never guessed."""

import base64
import binascii
import json
from datetime import date

from app.core.errors import Fault, InvalidError, Sentence

_MAX = 1000
_BROKEN = Sentence("翻页标记无效，请从第一页重新开始。", "The cursor is not valid here; begin again without it.")

Key = tuple[str, int]


def write_cursor(sort: str, value: str, item_id: int) -> str:
    """Return the cursor behind the row with this key."""
    text = json.dumps([sort, value, item_id], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str) -> Key:
    """Return the key that `cursor` was made of; InvalidError when it is broken or belongs to another sort."""
    if len(cursor) > _MAX:
        raise broken()
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        given, value, item_id = json.loads(raw.decode())
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise broken() from None
    is_typed = isinstance(value, str) and isinstance(item_id, int) and not isinstance(item_id, bool)
    if given != sort or not is_typed or not 0 <= item_id < 2**63 or "\x00" in value or not _is_text(value):
        raise broken()
    return value, item_id


def read_date(value: str) -> date:
    """Return the date in a cursor; InvalidError when it is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise broken() from None


def broken() -> InvalidError:
    """Return the refusal of a cursor."""
    return InvalidError([Fault("cursor", _BROKEN)])


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
