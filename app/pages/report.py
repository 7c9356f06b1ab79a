"""Home."""
from flask import Blueprint
pages = Blueprint("report", __name__)
@pages.get("/reports")
def show() -> str:
    """Stand-in."""
    return ""
