"""The public page that says whether a paper is genuine: by its code, by a file, or by both; no log-in, no script.

What is sent is hashed and forgotten. Who asks is counted as at the log-in.
"""

from typing import BinaryIO, cast

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.edge.context import current_context
from app.edge.limit import count_check
from app.edge.paperwork.frozen.checking import Checked, check_paper, read_code
from app.pages.paperwork.words import name_day, name_file, name_issuer, name_kind, name_size, name_title, name_version
from app.pages.words import gettext as _
from reports.proof_text import group_code

pages = Blueprint("verify", __name__)
#: The largest file that is compared.
FILE_MB = 20
_AROUND = 64 * 1024
_NOT_FOUND, _TOO_LARGE, _INCOMPLETE = 404, 413, 422


@pages.before_request
def limit() -> None:
    """Bound the body before anything is read of it, and count who sends or asks for a code."""
    request.max_content_length = FILE_MB * 1024 * 1024 + _AROUND
    if request.endpoint != "verify.show_form":
        count_check()


@pages.get("/verify")
def show_form() -> str:
    """Show the form: a code, a file."""
    return _render(None)


@pages.get("/verify/<code>")
def show_code(code: str) -> str | tuple[str, int]:
    """Say what a code is of; 404 when it is of nothing."""
    checked = check_paper(current_context(), code)
    shown = _render(checked, code)
    return (shown, _NOT_FOUND) if checked.verdict == "unknown" else shown


@pages.post("/verify")
def check() -> str | Response | tuple[str, int]:
    """Say what a code and a file are of; a code alone leads to its own address."""
    try:
        typed = request.form.get("code", "").strip()
        files = [one for one in request.files.getlist("file") if one.filename]
    except RequestEntityTooLarge:
        said = _("文件过大，最多%(n)sMB。", n=FILE_MB)
        return _render(None, fault=said), _TOO_LARGE
    if not typed and not files:
        return _render(None, fault=_("请输入验证码，或选择文件。")), _INCOMPLETE
    code = read_code(typed)
    if code is not None and not files:
        return redirect(url_for("verify.show_code", code=code), 303)
    stream = cast("BinaryIO", files[0].stream) if files else None
    checked = check_paper(current_context(), typed, stream)
    return _render(checked, typed)


def _render(checked: Checked | None, typed: str = "", fault: str = "") -> str:
    paper = None if checked is None else checked.paper
    code = read_code(typed) if typed else None
    return render_template(
        "paper/verify.html", checked=checked, paper=paper, code=typed if code is None else group_code(code),
        fault=fault, size_mb=FILE_MB, name_kind=name_kind, name_title=name_title, name_issuer=name_issuer,
        name_version=name_version, name_file=name_file, name_day=name_day, name_size=name_size,
    )  # fmt: skip
