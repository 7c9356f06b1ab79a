"""What a WSGI server and the `flask` command load."""

from app.core.errors import UnavailableError
from app.core.setting import SettingError
from app.edge.watching.process import begin_process, is_command
from app.factory import create_app
from config import read_settings

try:
    settings = read_settings()
    begin_process(settings, serves=not is_command())
    application = create_app(settings)
except (SettingError, UnavailableError) as error:
    raise SystemExit(f"lianban: {error}") from None
