"""The papers of a bundle made ready: what each becomes (pages of a PDF, a picture, text, or a note) and why.

Foreign files are taken as hostile. A PDF gives its pages' looks and nothing else: what was drawn by annotations
(seals, form fields) is drawn into the page, then scripts, actions, attachments and links are cut out. What cannot be
taken becomes a note with the reason. One paper is in memory at a time; PDFs wait on disk.
"""

import base64
import io
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pikepdf
from PIL import Image, ImageOps

from reports.meeting.inputs import Paper

__all__ = ["Ready", "prepare"]

Kind = Literal["pdf", "picture", "text", "away"]
Reason = Literal["kind", "locked", "broken", "large", "cap", "empty"]

MOST_BYTES = 64 * 1024 * 1024
MOST_PIXELS = 60_000_000
MOST_TEXT = 120_000
MOST_OBJECTS = 200_000
MOST_PAGES = 2_000
_PICTURE_WIDE, _PICTURE_HIGH = 1900, 2600  # pixels of an A4 page at about 240 dpi
_JPEG_QUALITY = 85
_PICTURES = frozenset({"image/png", "image/jpeg"})
_TEXTS = frozenset({"text/plain", "text/markdown", "text/csv"})
_TEXT_CODES = ("utf-8-sig", "gb18030")
_ACTIVE_KEYS = frozenset({
    "/JS", "/JavaScript", "/AA", "/OpenAction", "/EF", "/EmbeddedFiles", "/AF", "/Ref", "/OPI", "/PieceInfo", "/Parent",
    "/Annots", "/AcroForm", "/Names", "/StructTreeRoot", "/Metadata", "/Thumb", "/Launch", "/URI", "/Threads", "/B",
})  # fmt: skip
_RESOURCES = frozenset({
    "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/ProcSet", "/Properties",
})  # fmt: skip
_LEAST_SIDE_PT = 3.0
_DEEPEST_TREE = 50


@dataclass(frozen=True, slots=True)
class Ready:
    """A paper made ready: `wide` says for each page whether it lies across; `path` is where a cleaned PDF waits."""

    paper: Paper
    kind: Kind
    reason: Reason | None = None
    wide: tuple[bool, ...] = ()
    path: Path | None = None
    text: str = ""
    picture: str = ""


def prepare(paper: Paper, room: int, place: Path) -> Ready:
    """Return the paper ready for at most `room` pages; a PDF is left cleaned at `place`. Never raises for its content.

    What `paper.read` raises passes through: a file that the store lost is no matter of layout.
    """
    if not _is_known(paper) or room < 1:
        return Ready(paper, "away", "cap" if _is_known(paper) else "kind")
    content = paper.read()
    if not content or len(content) > MOST_BYTES:
        return Ready(paper, "away", "large" if content else "empty")
    if paper.media_type == "application/pdf":
        return _prepare_pdf(paper, content, room, place)
    if paper.media_type in _PICTURES:
        return _prepare_picture(paper, content)
    return _prepare_text(paper, content)


def _is_known(paper: Paper) -> bool:
    return paper.media_type == "application/pdf" or paper.media_type in _PICTURES | _TEXTS


def _prepare_pdf(paper: Paper, content: bytes, room: int, place: Path) -> Ready:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _clean_pdf(paper, content, room, place)
    except pikepdf.PasswordError:
        return Ready(paper, "away", "locked")
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError, OverflowError):
        return Ready(paper, "away", "broken")  # qpdf and its binding say by many types that a file is none


def _clean_pdf(paper: Paper, content: bytes, room: int, place: Path) -> Ready:
    with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as source:
        if source.is_encrypted:
            return Ready(paper, "away", "locked")
        count = len(source.pages)
        if not 0 < count <= MOST_PAGES:
            return Ready(paper, "away", "large" if count else "broken")
        if count > room:
            return Ready(paper, "away", "cap")
        if _is_torn(source):
            return Ready(paper, "away", "broken")
        _draw_annotations(source)
        if not all(_strip(source)):
            return Ready(paper, "away", "large")
        with pikepdf.new() as clean:
            wide = tuple(_take_page(page, clean) for page in source.pages)
            clean.save(place, deterministic_id=True)
    return Ready(paper, "pdf", wide=wide, path=place)


def _draw_annotations(source: pikepdf.Pdf) -> None:
    """Draw into the pages what annotations show in print, such as seals and form fields, then drop the annotations."""
    with suppress(pikepdf.PdfError, RuntimeError, ValueError):  # a broken form leaves the page as it was drawn
        source.flatten_annotations("print")
    for page in source.pages:
        for key in ("/Annots", "/AA"):
            if key in page:
                del page[key]


def _take_page(page: pikepdf.Page, clean: pikepdf.Pdf) -> bool:
    """Add the page's look to the clean file as one drawing, and return whether it lies across."""
    form = clean.copy_foreign(page.as_form_xobject())
    left, bottom, right, top = (float(side) for side in form["/BBox"])
    matrix = [float(part) for part in form.get("/Matrix", [1, 0, 0, 1, 0, 0])]
    if right - left < _LEAST_SIDE_PT or top - bottom < _LEAST_SIDE_PT:
        raise ValueError("a page without a face")
    width, height = right - left, top - bottom
    turned = abs(matrix[1]) > abs(matrix[0])
    clean.add_blank_page(page_size=(min(14400.0, max(3.0, width)), min(14400.0, max(3.0, height))))
    clean.pages[-1].add_resource(form, pikepdf.Name.XObject, pikepdf.Name("/Paper"))
    return (height > width) if turned else (width > height)


def _is_torn(source: pikepdf.Pdf) -> bool:
    """Say whether the file had to be pieced together and a page came out of it without content."""
    return bool(source.get_warnings()) and any("/Contents" not in page for page in source.pages)


def _strip(source: pikepdf.Pdf) -> Iterator[bool]:
    """Cut from all that pages draw with what acts, carries files or leads back to the document.

    Yields whether the budget of objects still holds.
    """
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = []
    for page in source.pages:
        page.obj["/Resources"] = _find_resources(page)
        waiting.append(page.obj)
    count = 0
    while waiting:
        item = waiting.pop()
        if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
            continue
        if item.is_indirect:
            if item.objgen in seen:
                continue
            seen.add(item.objgen)
        count += 1
        yield count < MOST_OBJECTS
        if isinstance(item, pikepdf.Array):
            waiting += list(item)
            continue
        _cut(item)
        waiting += [item[key] for key in item.keys()]  # noqa: SIM118 - a stream iterates by keys() alone


def _find_resources(page: pikepdf.Page) -> Any:  # noqa: ANN401 - pikepdf objects are untyped
    """Return a copy of the page's resources, its own or those that it inherits."""
    node: Any = page.obj
    for _ in range(_DEEPEST_TREE):
        if "/Resources" in node:
            return pikepdf.Dictionary(dict(node["/Resources"].items()))
        node = node.get("/Parent")
        if not isinstance(node, pikepdf.Dictionary):
            break
    return pikepdf.Dictionary()


def _cut(item: Any) -> None:  # noqa: ANN401 - pikepdf objects are untyped
    """Cut from a dictionary or stream what acts, and from its resources all that is none."""
    for key in [key for key in item.keys() if key in _ACTIVE_KEYS]:  # noqa: SIM118 - a stream iterates by keys() alone
        del item[key]
    resources = item.get("/Resources")
    if isinstance(resources, pikepdf.Dictionary):
        for key in [key for key in resources.keys() if key not in _RESOURCES]:  # noqa: SIM118 - the same
            del resources[key]


def _prepare_picture(paper: Paper, content: bytes) -> Ready:
    """Return the picture turned upright, without transparency, as small as a page needs, as a `data:` address."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    return Ready(paper, "away", "large")
                image.draft("RGB", (_PICTURE_WIDE, _PICTURE_HIGH))
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((_PICTURE_WIDE, _PICTURE_HIGH))
                rgba = upright.convert("RGBA")
                flat = Image.new("RGB", rgba.size, "white")
                flat.paste(rgba, mask=rgba.getchannel("A"))
    except (OSError, ValueError, SyntaxError, TypeError, EOFError, Image.DecompressionBombError):
        return Ready(paper, "away", "broken")  # Pillow says by many types that a file is no picture
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=_JPEG_QUALITY)
    return Ready(
        paper, "picture", wide=(False,), picture=f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    )


def _prepare_text(paper: Paper, content: bytes) -> Ready:
    for code in _TEXT_CODES:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if len(text) > MOST_TEXT:
            return Ready(paper, "away", "large")
        return Ready(paper, "text", text=text) if text.strip() else Ready(paper, "away", "empty")
    return Ready(paper, "away", "broken")
