"""Home."""
from flask import Blueprint
pages = Blueprint("escalation", __name__)
@pages.get("/escalations")
def show_board() -> str:
    """Stand-in."""
    return ""
