"""The QR code of a paper's address: the one place that says how it is made, for PDF, Word and whoever reads it back."""

import io

import segno

#: Light modules around the code, which readers need.
QUIET = 4
_PNG_SCALE = 8


def make_qr(address: str) -> tuple[bytes, ...]:
    """Return the code's modules, a row of 0 (light) and 1 (dark) each, without the quiet zone."""
    return tuple(bytes(row) for row in _make(address).matrix)


def make_qr_png(address: str) -> bytes:
    """Return the code as PNG with its quiet zone; the same address gives the same bytes."""
    out = io.BytesIO()
    _make(address).save(out, kind="png", scale=_PNG_SCALE, border=QUIET)
    return out.getvalue()


def _make(address: str) -> segno.QRCode:
    return segno.make(address, micro=False, error="m", boost_error=False)
