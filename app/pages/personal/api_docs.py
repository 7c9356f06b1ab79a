"""The API's documentation as a page: Swagger UI from its package on the API's own description.

Swagger UI sets styles through the DOM only, which the pages' content policy admits; nothing is inline.
"""

import importlib.util
from pathlib import Path

from flask import Blueprint, abort, render_template, send_from_directory
from werkzeug.wrappers import Response

pages = Blueprint("api_docs", __name__)
_DAY_SECONDS = 24 * 3600
#: The package also brings an editor of several megabytes; only these two files are served.
FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css"})


def _find_folder() -> Path:
    found = importlib.util.find_spec("swagger_ui")
    if found is None or found.origin is None:
        raise AssertionError("swagger-ui-py is one of the locked packages")
    return Path(found.origin).parent / "static"


_FOLDER = _find_folder()


@pages.get("/api/v1/docs")
def show() -> str:
    """Show the documentation; like the description it is open to everybody."""
    return render_template("api_docs.html", here="me")


@pages.get("/assets/swagger/<name>")
def send_file(name: str) -> Response:
    """Send one of Swagger UI's files."""
    if name not in FILES:
        abort(404)
    response = send_from_directory(_FOLDER, name, max_age=_DAY_SECONDS)
    response.headers["Cache-Control"] = f"public, max-age={_DAY_SECONDS}"
    return response
