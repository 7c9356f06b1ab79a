"""Does a write to the organisation once, however often its request is sent under one key."""

from collections.abc import Callable, Mapping
from typing import Any

from app.services import idempotency
from app.services.act import Act

Answer = dict[str, Any]


def do_once(
    act: Act, key: str | None, content: Mapping[str, Any], work: Callable[[], Answer], *, status: int = 200
) -> tuple[Answer, bool]:
    """Return the answer of `work`, and whether it is that of an earlier request with the same key and content.

    Without a key it is simply done. InvalidError when the key was used for other content.
    """
    if key is None:
        return work(), False
    actor_id = act.acting.person_id
    kept = idempotency.claim(act.connection, actor_id, key, idempotency.hash_request(content), act.now)
    if kept is not None:
        return kept.answer, True
    answer = work()
    idempotency.keep(act.connection, actor_id, key, status, answer)
    return answer, False
