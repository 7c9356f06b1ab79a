"""Files that a participant may be sent: sound ones and hostile ones, made here byte by byte."""

import io
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from reports.meeting.inputs import Paper

PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: A tree of pages that is its own branch.
LOOP = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj
trailer<</Root 1 0 R>>
%%EOF"""


def make_pdf(*words: str, size: tuple[float, float] = (595, 842), change: Callable[[Pdf], None] | None = None) -> bytes:
    """Return a PDF of a page a word, changed as wanted."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for word in words:
            page = pdf.add_blank_page(page_size=size)
            page.obj.Resources = Dictionary(Font=Dictionary(F=font))
            page.obj.Contents = pdf.make_stream(f"BT /F 24 Tf 40 {size[1] - 60} Td ({word}) Tj ET".encode())
        if change is not None:
            change(pdf)
        pdf.save(out, deterministic_id=True, static_id=False)
    return out.getvalue()


def arm(pdf: Pdf) -> None:
    """Put into the file all that acts: scripts, actions on opening, a launch, attachments, links, a form."""
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('CANARY')"))
    pdf.Root.OpenAction = script
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.attachments["CANARY.exe"] = b"MZCANARY"
    page = pdf.pages[0]
    page.obj.AA = Dictionary(O=script)
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]),
                      A=Dictionary(S=Name.URI, URI=String("http://CANARY.example")))  # fmt: skip
    launch = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]),
                        A=Dictionary(S=Name.Launch, F=String("CANARY.exe")))  # fmt: skip
    page.obj.Annots = Array([pdf.make_indirect(link), pdf.make_indirect(launch)])
    page.obj.Resources.CANARY = pdf.Root
    page.obj.Resources.Properties = Dictionary(M=Dictionary(JS=String("CANARY"), AF=Array([script])))


def inherit(pdf: Pdf) -> None:
    """Let the page take armed resources from its parent, and draw a form that draws itself."""
    arm(pdf)
    page = pdf.pages[0].obj
    loop = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    loop.Resources = Dictionary(XObject=Dictionary(X=loop), CANARY=pdf.Root)
    page.Resources.XObject = Dictionary(X=loop)
    pdf.Root.Pages.Resources = page.Resources
    del page.Resources


def stamp(pdf: Pdf) -> None:
    """Put a seal onto the first page, drawn by an annotation, as stamps and signatures are."""
    look = pdf.make_stream(b"BT /F 20 Tf 5 5 Td (SEAL) Tj ET", Type=Name.XObject, Subtype=Name.Form,
                           BBox=Array([0, 0, 90, 40]), Resources=pdf.pages[0].obj.Resources)  # fmt: skip
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([300, 300, 390, 340]), F=4,
                      AP=Dictionary(N=look))  # fmt: skip
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def flatten(pdf: Pdf) -> None:
    """Give the first page a face of no size."""
    pdf.pages[0].obj.MediaBox = Array([0, 0, 0, 0])


def strip_resources(pdf: Pdf) -> None:
    """Take the first page's resources away."""
    del pdf.pages[0].obj.Resources


def turn(pdf: Pdf) -> None:
    """Turn the first page by a quarter."""
    pdf.pages[0].obj.Rotate = 90


def lock(content: bytes, *, user: str = "") -> bytes:
    """Return the file encrypted, with a password to open it or without."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def make_picture(kind: str = "PNG", size: tuple[int, int] = (600, 300)) -> bytes:
    """Return a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, (0, 128, 128)).save(out, kind)
    return out.getvalue()


def make_paper(title: str, content: bytes, media_type: str = PDF, **more: str) -> Paper:
    """Return a paper with this content."""
    return Paper(title, f"{title}.bin", media_type, lambda: content, len(content), **more)
