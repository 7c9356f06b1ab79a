"""Sections and parts become one document: pages, numbers, one outline, links from any page to any other."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pikepdf

from reports.pdf.layout import Section

_PRINTED = 4  # the flag of an annotation that an archive wants


def join_sections(sections: Sequence[Section], numbers: tuple[int, bytes] | None = None) -> bytes:
    """Return the sections as one document; the first section's properties hold for all.

    `numbers` are pages that hold nothing but page numbers, and the page (from 1) on which the first of them is drawn.
    """
    if len(sections) == 1 and not sections[0].links and not numbers:
        return sections[0].pdf
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sections[0].pdf)) as whole:
        for section in sections[1:]:
            with pikepdf.open(io.BytesIO(section.pdf)) as source:
                whole.pages.extend(source.pages)
        if numbers:
            _draw_numbers(whole, *numbers, _list_quiet(sections))
        if len(sections) > 1:
            _write_outline(whole, sections)
        _write_links(whole, sections)
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _starts(sections: Iterable[Section]) -> list[tuple[int, Section]]:
    at, starts = 0, []
    for section in sections:
        starts.append((at, section))
        at += section.pages
    return starts


def _list_quiet(sections: Sequence[Section]) -> set[int]:
    return {start + at for start, section in _starts(sections) for at in section.quiet}


def _draw_numbers(whole: pikepdf.Pdf, first_page: int, pdf: bytes, quiet: set[int]) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as source:
        for at, page in enumerate(source.pages, first_page - 1):
            if at in quiet:
                continue
            leaf = whole.pages[at]
            form = whole.copy_foreign(page.as_form_xobject())
            resources = leaf.obj["/Resources"]  # shared with the other pages of its section
            forms = dict(resources["/XObject"].items()) if "/XObject" in resources else {}
            leaf.obj["/Resources"] = pikepdf.Dictionary(
                {**dict(resources.items()), "/XObject": pikepdf.Dictionary({**forms, "/PageNumber": form})}
            )
            leaf.contents_add(b"q /PageNumber Do Q", prepend=True)


def _write_outline(whole: pikepdf.Pdf, sections: Sequence[Section]) -> None:
    with whole.open_outline() as tree:
        tree.root[:] = []
        above: list[tuple[int, Any]] = []
        for start, section in _starts(sections):
            for level, label, page, top in section.bookmarks:
                height = float(whole.pages[start + page].mediabox[3])
                item = pikepdf.OutlineItem(label, start + page, "XYZ", left=0, top=height - top)
                while above and above[-1][0] >= level:
                    above.pop()
                (above[-1][1].children if above else tree.root).append(item)
                above.append((level, item))


def _write_links(whole: pikepdf.Pdf, sections: Sequence[Section]) -> None:
    starts = _starts(sections)
    places: dict[str, tuple[int, float, float]] = {}
    for start, section in starts:
        for name, (page, left, top) in section.anchors.items():
            places.setdefault(name, (start + page, left, top))
    for start, section in starts:
        for page, name, (left, top, right, bottom) in section.links:
            if name not in places:
                continue
            leaf, (target, x, y) = whole.pages[start + page], places[name]
            height, there = float(leaf.mediabox[3]), whole.pages[target]
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=[left, height - bottom, right, height - top],
                Border=[0, 0, 0],
                F=_PRINTED,
                Dest=[there.obj, pikepdf.Name.XYZ, x, float(there.mediabox[3]) - y, 0],
            )
            if "/Annots" not in leaf:
                leaf.obj["/Annots"] = pikepdf.Array()
            leaf.obj["/Annots"].append(whole.make_indirect(note))
