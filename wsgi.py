"""What a WSGI server and the `flask` command load."""

from app.core.errors import UnavailableError
from app.factory import create_app
from config import SettingError

try:
    application = create_app()
except (SettingError, UnavailableError) as error:
    raise SystemExit(f"lianban: {error}") from None
