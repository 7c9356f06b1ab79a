"""What a process begins with: its log, the secrets that the log hides, the folder in which it counts."""

import logging
import os

from app.core.watch.folder import find_folder
from app.core.watch.hiding import hide_values
from app.core.watch.logs import begin_logging
from app.core.watch.meters import begin_counting
from config import Settings

log = logging.getLogger(__name__)


def is_command() -> bool:
    """Whether this process is a `flask` command; what it writes on stderr is then for whoever called it."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"


def begin_process(settings: Settings, *, serves: bool) -> None:
    """Begin to log and to count, once a process; one that serves logs everything, a command what went wrong."""
    hide_values(settings.secrets)
    begin_logging(settings.log_style or ("json" if serves else "quiet"))
    folder = find_folder(settings.var)
    try:
        begin_counting(folder)
    except OSError as error:
        log.warning("figures are kept in this process alone, %s: %s", folder, error.strerror)
