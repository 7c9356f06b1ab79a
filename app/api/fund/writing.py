"""What the writing endpoints of special funds share: a write that is done once under its key."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request

from app.api.answer import Answer, etag
from app.edge.context import Context, Unit, current_context
from app.services.act import Act
from app.services.organisation.repeating import do_once

CREATED = 201
T = TypeVar("T")
Make = Callable[[Context, Unit], tuple[Act, T]]


def write_once(
    given: Mapping[str, Any], make: Make[T], work: Callable[[Act, T], dict[str, Any]], *, version: int | None = None,
    status: int = 200, place: str | None = None,
) -> Answer:  # fmt: skip
    """Answer with what `work` returns, done by whom `make` says; repeated under one key it is done once.

    `given` is what the request asks for; other content under the same key is refused. `version` belongs to it. `place`
    is the collection in which what was made is read.
    """
    context = current_context()
    key = request.headers.get("Idempotency-Key")
    content = {"path": request.path, "version": version, "given": dict(given)}

    def once(unit: Unit) -> tuple[dict[str, Any], bool]:
        act, beside = make(context, unit)
        return do_once(act, key, content, lambda: work(act, beside), status=status)

    answer, is_replay = context.database.write(once)
    headers = {"Idempotency-Replayed": "true"} if is_replay else {}
    if "version" in answer:
        headers |= etag(answer["version"])
    if place is not None:
        headers["Location"] = f"/api/v1/{place}/{answer['id']}"
    return answer, status, headers
