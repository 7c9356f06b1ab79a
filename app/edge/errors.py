"""What a DomainError becomes at each edge: one table for HTTP, one for exit codes; a refusal is audited.

Nothing that the database or a library says reaches a caller: what is not a DomainError is logged and answered
with a plain sentence.
"""

import functools
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from flask import g, request
from sqlalchemy.exc import DBAPIError

from app.core.database import is_away
from app.core.errors import (
    ConflictError,
    DomainError,
    Fault,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    Sentence,
    StaleError,
    UnavailableError,
)
from app.core.watch.meters import meters
from app.core.watch.trace import current_trace
from app.edge.context import current_context
from app.services.recording import Acting, write_audit

log = logging.getLogger(__name__)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class UnknownCallerError(DomainError):
    """Nobody is logged in, or the token or password is not valid."""


class TooManyError(DomainError):
    """The caller asks more often than the installation allows; `retry_seconds` says when it may ask again."""

    def __init__(self, retry_seconds: int) -> None:
        said = Sentence(
            f"请求过于频繁，请{retry_seconds}秒后再试。",
            f"Too many requests; try again in {retry_seconds} second{'s' * (retry_seconds != 1)}.",
        )
        super().__init__("too_many_requests", said)
        self.retry_seconds = retry_seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """How one class of errors is answered: HTTP status, title, exit status of a command."""

    status: int
    title: Sentence
    exit_code: int = 1


ANSWERS: dict[type[DomainError], Answer] = {
    UnknownCallerError: Answer(401, Sentence("请先登录", "Please log in")),
    ForbiddenError: Answer(403, Sentence("无权办理", "Not yours to do")),
    NotFoundError: Answer(404, Sentence("没有找到", "Not found")),
    ConflictError: Answer(409, Sentence("目前不能办理", "Not possible now")),
    StaleError: Answer(412, Sentence("内容已更新", "Changed meanwhile")),
    TooManyError: Answer(429, Sentence("请求过于频繁", "Too many requests")),
    InvalidError: Answer(422, Sentence("输入有误", "Input to correct"), exit_code=2),
    UnavailableError: Answer(503, Sentence("暂时无法使用", "Not available now")),
}
_UNVERSIONED = Answer(428, Sentence("缺少版本", "No version named"))
#: Titles for errors that the framework raises itself.
HTTP_TITLES = {
    400: Sentence("请求无法读取", "Unreadable request"),
    404: Sentence("没有找到", "Not found"),
    405: Sentence("不支持此方法", "Method not allowed"),
    413: Sentence("内容过大", "Too large"),
    415: Sentence("不支持此内容类型", "Unsupported content type"),
    500: Sentence("系统出错", "Something went wrong"),
}
_TOO_LARGE = 413
_MB = 1024 * 1024
HTTP_DETAILS = {
    400: Sentence("请求的内容或格式有误。", "The request's content or form is wrong."),
    404: Sentence("没有这个事项，或您无权查看。", "No such thing, or not for you to see."),
    405: Sentence("此地址不支持这种请求方法。", "This address does not take this method."),
    413: Sentence("请求内容超过允许的大小。", "The request is larger than allowed."),
    415: Sentence("请使用application/json。", "Use application/json."),
    500: Sentence("出错已记录，请稍后再试。", "The fault was logged; please try again later."),
}
BUSY = UnavailableError("database_busy", Sentence("数据库忙或无法连接，请稍后再试。", "The database is busy or away."))


def describe_http(status: int) -> Sentence:
    """Return what is wrong with a request that the framework refused; of one too large how large it may be."""
    most = request.max_content_length
    if status != _TOO_LARGE or not most:
        return HTTP_DETAILS[status]
    size = f"{most // _MB} MB" if most >= _MB else f"{most // 1024} KB"
    return Sentence(f"请求内容过大，最大{size.replace(' ', '')}。", f"The request is too large; at most {size}.")


def answer_for(error: DomainError) -> Answer:
    """Return how `error` is answered; whoever asks answers it, so it is counted and its code stands in the log."""
    meters().count_refusal(error.code)
    trace = current_trace()
    if trace is not None:
        trace.refusal = error.code
    if isinstance(error, StaleError) and error.given is None:
        return _UNVERSIONED
    return next(answer for kind, answer in ANSWERS.items() if isinstance(error, kind))


def faults_of(error: DomainError) -> tuple[Fault, ...]:
    """Return the single faults of wrong input, nothing for other errors."""
    return error.faults if isinstance(error, InvalidError) else ()


def audit_refusal(error: ForbiddenError, *, source: str) -> None:
    """Record a refused attempt of the identified caller (`g.person_id`) in a transaction of its own."""
    person_id = g.get("person_id")
    if person_id is None:
        return
    context = current_context()
    given = request.view_args or {}
    item_id = given.get("item_id")
    action = str(given.get("action") or request.endpoint)[:60]
    after = {"code": error.code}
    now = context.now()
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), Acting(person_id, "self"), now, action=action, source=source, outcome="refused",
            item_id=item_id if isinstance(item_id, int) else None, after=after,
        )
    )  # fmt: skip


def as_domain_error(error: Exception) -> DomainError | None:
    """Return what an error of the database means to a caller; None when it is a fault of the product."""
    if isinstance(error, DomainError):
        return error
    return BUSY if is_away(error) else None


def exits(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a command end as the table says: one line a fault on stderr, no traceback for what people can mend."""

    @functools.wraps(function)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except (DomainError, DBAPIError) as error:
            found = as_domain_error(error)
            if found is None:
                raise
            say(found)
            if found is not error:
                sys.stderr.write(f"{_first_line(error)}\n")
            sys.exit(answer_for(found).exit_code)

    return run


def _first_line(error: Exception) -> str:
    """Return what the database's driver itself says: whoever runs a command has to mend it, and needs the cause."""
    told = str(getattr(error, "orig", None) or error).strip()
    return told.splitlines()[0] if told else type(error).__name__


def say(error: DomainError) -> None:
    """Write an error to stderr in the installation's language, one line a fault."""
    lang = current_context().settings.locale
    faults = faults_of(error)
    lines = [f"{fault.field}: {fault.sentence.in_language(lang)}" for fault in faults]
    sys.stderr.writelines(f"{line}\n" for line in lines or [error.sentence.in_language(lang)])
