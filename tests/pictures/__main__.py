"""Makes every picture of docs/pictures/ (`make pictures`); names as arguments make these alone.

LIANBAN_PICTURES_CITY may name a folder that keeps the lived city from one run to the next.
"""

import logging
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.edge.paperwork.catalogue import PAPERS
from tests.app.pages.conftest import ARGUMENTS, CHROMIUM
from tests.pictures.camera import PICTURE_MAX, take, write
from tests.pictures.papers import LANGUAGES, PAPER_NAMES, name_paper, take_paper
from tests.pictures.table import PICTURES
from tests.shown.city import serve_shown

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def main(names: list[str]) -> None:
    """Make the pictures named, or all of them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    chosen = [picture for picture in PICTURES if not names or picture.name in names]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shared = Path(os.environ.get("LIANBAN_PICTURES_CITY") or folder)
        shown = stack.enter_context(serve_shown(shared, folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        found = {}
        for picture in chosen:
            found[picture.name] = take(browser, shown, picture)
            print(f"pictures: {picture.name} {len(found[picture.name]) // 1024} KB", flush=True)
        browser.close()
        for kind, lang in ((kind, lang) for kind in PAPERS.values() for lang in LANGUAGES):
            if (name := name_paper(kind.name, lang)) in (names or PAPER_NAMES):
                found[name] = take_paper(shown, kind, lang)
                print(f"pictures: {name} {len(found[name]) // 1024} KB", flush=True)
    if names:
        for name, content in found.items():
            (FOLDER / f"{name}.png").write_bytes(content)
        return
    total = write(FOLDER, found)
    print(f"pictures: {len(found)}, {total // 1024} KB in all, at most {PICTURE_MAX // 1024} KB each")


if __name__ == "__main__":
    main(sys.argv[1:])
