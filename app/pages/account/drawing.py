"""Draws a secret as a QR code: SVG whose sizes and colours are attributes, as the content policy wants it."""

import segno
from markupsafe import Markup

_GROUP = 4


def draw_code(text: str) -> Markup:
    """Return `text` as a QR code to stand in a page, dark on white in either theme."""
    drawn = segno.make(text, micro=False, error="m")
    return Markup(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704  # made of the modules alone, not of the text


def group_secret(secret: str) -> str:
    """Return a secret in groups of four, as people type it."""
    return " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))
