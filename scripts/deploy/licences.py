"""Under which licences the parts may stand, and what is said of those that ask something of whoever passes them on.

A licence is what a package declares: an SPDX expression of its own, else what the table below says of it, read by a
person in the package's licence file.
"""

import re
from importlib.metadata import PackageMetadata

#: They ask for their notice to be kept; it lies in each package.
PERMISSIVE = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU",
    "MIT-Modern-Variant", "OFL-1.1", "PSF-2.0", "Zlib",
})  # fmt: skip
#: {licence: why it is all right here}. The parts are used as they are published and can be put in by others.
COPYLEFT = {
    "LGPL-3.0-only": "psycopg is imported as a library, unchanged, from files that its user can replace",
    "LGPL-2.0-or-later": "Pango is loaded as a shared library, unchanged, from Debian's own packages",
    "LGPL-2.1-or-later": "one of three licences of pyphen, which is imported unchanged",
    "MPL-1.1": "one of three licences of pyphen, which is imported unchanged",
    "MPL-2.0": "concerns the files under it (certifi, orjson, pikepdf), none of which is changed",
}
#: Named by a package beside others, one of which is taken instead.
NOT_TAKEN = frozenset({"GPL-2.0-or-later"})

_BY_CLASSIFIER = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "License :: OSI Approved :: Zero-Clause BSD (0BSD)": "0BSD",
}
#: Packages that only say "BSD", or several without saying how they hang together: as their licence files have it.
_READ_BY_HAND = {
    "cssselect2": "BSD-3-Clause",
    "flask-wtf": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "olefile": "BSD-2-Clause",
    "pydyf": "BSD-3-Clause",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "swagger-ui-py": "Apache-2.0",
    "tinycss2": "BSD-3-Clause",
    "weasyprint": "BSD-3-Clause",
    "webencodings": "BSD-3-Clause",
    "wtforms": "BSD-3-Clause",
}
READ_BY_HAND = frozenset(_READ_BY_HAND)
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_KNOWN = PERMISSIVE | frozenset(COPYLEFT) | NOT_TAKEN


class LicenceError(ValueError):
    """A package whose licence nobody has looked at; names both."""


def find_declared(metadata: PackageMetadata) -> str:
    """Return the SPDX expression that a package's metadata declare; empty when they are not clear."""
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    said = metadata["License"].strip() if "License" in metadata else ""
    if said in _KNOWN:
        return said
    classifiers = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License ::")]
    return _BY_CLASSIFIER.get(classifiers[0], "") if len(classifiers) == 1 else ""


def find_licence(name: str, metadata: PackageMetadata) -> str:
    """Return the licence of the package `name` as SPDX expression; LicenceError when none is known or allowed."""
    expression = _READ_BY_HAND.get(name) or find_declared(metadata)
    if not expression:
        raise LicenceError(f"{name}: no licence declared; read its licence file and enter what it says")
    if not is_allowed(expression):
        raise LicenceError(f"{name}: {expression!r} is not among the licences allowed")
    return expression


def is_allowed(expression: str) -> bool:
    """Whether a licence may be taken: of what AND joins each part, of what OR joins one; parts may be in brackets."""
    if not re.fullmatch(r"[A-Za-z0-9.+() -]+", expression):
        return False
    parts, depth, piece = list[str](), 0, ""
    for word in re.findall(r"[()]|[^\s()]+", expression):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in {"AND", "OR"}:
            parts += [piece, word]
            piece = ""
        else:
            piece += f" {word}"
    parts.append(piece)
    return depth == 0 and _is_allowed_by_parts(parts)


def _is_allowed_by_parts(parts: list[str]) -> bool:
    """Decide on pieces with AND and OR between them; AND binds more tightly, as SPDX has it."""
    choices, current = list[bool](), True
    for index in range(0, len(parts), 2):
        piece = parts[index].strip()
        inner = piece[1:-1] if piece.startswith("(") and piece.endswith(")") else ""
        fits = is_allowed(inner) if inner else bool(_IDENTIFIER.fullmatch(piece)) and piece in _KNOWN - NOT_TAKEN
        if index and parts[index - 1] == "OR":
            choices.append(current)
            current = True
        current = current and fits
    return any([*choices, current])
