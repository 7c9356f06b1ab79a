"""What a visitor is shown when something goes wrong: a sentence in the product's own shell, never a trace."""

import logging

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
    UnavailableError,
)
from app.pages.show import say
from app.pages.words import gettext as _

log = logging.getLogger(__name__)

#: The status of each refusal; the first class that fits.
STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (StaleError, 412),
    (ConflictError, 409),
    (InvalidError, 422),
    (UnavailableError, 503),
)
_API = "/api/"


def find_status(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def _headings() -> dict[int, str]:
    return {
        400: _("请求无法受理"),
        403: _("无权办理"),
        404: _("没有这一页"),
        405: _("请求无法受理"),
        409: _("现在不能办理"),
        412: _("内容已被他人修改"),
        413: _("内容过大"),
        422: _("有内容需要更正"),
        500: _("系统出错"),
        503: _("暂时不可用"),
    }


def show_error(status: int, sentence: str) -> tuple[str, int]:
    """Return the page for a status with its sentence."""
    heading = _headings().get(status) or _("请求无法受理")
    return render_template("error.html", status=status, heading=heading, sentence=sentence), status


def register(app: Flask) -> None:
    """Show errors of everything outside the API as pages."""
    app.register_error_handler(CSRFError, _show_forged)
