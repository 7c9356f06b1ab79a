"""Takes the pictures of the table and keeps them small."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.pictures.table import PHONE, Picture
from tests.shown.city import Shown
from tests.shown.window import open_window

#: What one picture may weigh, and all of them.
PICTURE_MAX, ALL_MAX = 120_000, 6_500_000
#: Pixels of a page that a picture shows: what lies further down is scrolled to in life as well.
_HEIGHT = {PHONE: 844}
_DESK_HEIGHT = 1000
#: Flat colours and their softened edges: fewer colours until it is small enough.
_COLOURS = (128, 64, 32, 16)


class PictureError(Exception):
    """A picture that cannot be made; says which and why."""


def take(browser: Browser, shown: Shown, picture: Picture) -> bytes:
    """Return a picture as PNG, at most PICTURE_MAX bytes; PictureError when the page answers with a fault."""
    if picture.login:
        shown.prefer(picture.login, locale=picture.lang, theme=picture.theme)
    height = _HEIGHT.get(picture.width, _DESK_HEIGHT)
    window = open_window(browser, shown, picture.login, width=picture.width, lang=picture.lang, height=height)
    try:
        window.open(picture.path)
        window.page.wait_for_load_state("networkidle")
        if picture.before is not None:
            picture.before(window.page)
        window.page.evaluate("document.fonts.ready")
        if picture.part:
            found = window.page.locator(picture.part).first.screenshot(animations="disabled", caret="hide")
        else:
            found = window.page.screenshot(animations="disabled", caret="hide")
        if window.faults:
            raise PictureError(f"{picture.name}: {window.faults}")
    finally:
        window.context.close()
    return shrink(picture.name, found)


def shrink(name: str, png: bytes) -> bytes:
    """Return a PNG with a palette, at most PICTURE_MAX bytes."""
    image = Image.open(BytesIO(png)).convert("RGB")
    for colours in _COLOURS:
        out = BytesIO()
        flat = image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(out, "PNG", optimize=True)
        if out.tell() <= PICTURE_MAX:
            return out.getvalue()
    raise PictureError(f"{name}: {out.tell()} bytes with {colours} colours, more than {PICTURE_MAX}")


def write(folder: Path, found: dict[str, bytes]) -> int:
    """Write pictures by name into `folder`, take away what no name stands for; returns the bytes of all."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.png"):
        if path.stem not in found:
            path.unlink()
    for name, content in found.items():
        (folder / f"{name}.png").write_bytes(content)
    total = sum(map(len, found.values()))
    if total > ALL_MAX:
        raise PictureError(f"all pictures: {total} bytes, more than {ALL_MAX}")
    return total
