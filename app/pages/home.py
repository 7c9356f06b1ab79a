"""Home."""
from flask import Blueprint
pages = Blueprint("home", __name__)
@pages.get("/")
def show_home() -> str:
    """Stand-in."""
    return ""
