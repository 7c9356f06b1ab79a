"""Where a visitor may be sent next: only to places inside the product."""

from urllib.parse import urlsplit

from flask import request

_LENGTH_MAX = 2000


def keep_inside(target: str | None, otherwise: str = "/") -> str:
    """Return `target` when it is a path inside the product, else `otherwise`.

    A path begins with one slash; a second slash, a backslash, a control character or a blank in front (browsers
    skip them) would lead to another host.
    """
    if not target or len(target) > _LENGTH_MAX or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or not target.isprintable():
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target


def name_this_address() -> str:
    """Return path and query of the present page, to come back to; the front page when it was sent to, not read."""
    if request.method != "GET":
        return "/"
    return request.full_path.rstrip("?")
