"""What the endpoints that keep the organisation share: an administrator's write, done once under its key."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from app.api.answer import Answer, etag
from app.edge.administering import make_admin_act
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.services.act import Act
from app.services.organisation.repeating import do_once

CREATED = 201


def write_once(
    given: Mapping[str, Any], work: Callable[[Act], dict[str, Any]], *, version: int | None = None, status: int = 200
) -> Answer:
    """Answer with what `work` returns, written by the caller as an administrator; repeated under one key it is once.

    `given` is what the request asks for; other content under the same key is refused. `version` belongs to it.
    """
    context, person_id = current_context(), caller_id()
    key = request.headers.get("Idempotency-Key")
    content = {"path": request.path, "version": version, "given": dict(given)}
    answer, is_replay = context.database.write(
        lambda unit: _do(make_admin_act(context, unit, person_id, source="api"), key, content, work, status)
    )
    replayed = {"Idempotency-Replayed": "true"} if is_replay else {}
    named = etag(answer["version"]) if "version" in answer else {}
    return answer, status, {**named, **replayed}


def _do(
    act: Act, key: str | None, content: Mapping[str, Any], work: Callable[[Act], dict[str, Any]], status: int
) -> tuple[dict[str, Any], bool]:
    return do_once(act, key, content, lambda: work(act), status=status)
