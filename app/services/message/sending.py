"""By which ways messages leave: what an installation has set; and the pauses between attempts."""

from dataclasses import dataclass
from datetime import timedelta

from app.core.mail import MailServer
from app.core.webhook import NOTHING_ALLOWED, AllowList

#: After the n-th attempt that failed for the time being, the next one waits so many minutes; then it is given up.
PAUSES_MINUTES = (1, 5, 30, 120, 480)
ATTEMPTS_MAX = len(PAUSES_MINUTES) + 1


@dataclass(frozen=True, slots=True)
class Sending:
    """The ways out; without a mail server mails are written down as `off`."""

    server: MailServer | None = None
    mail_from: str = ""
    base_url: str = ""
    #: The language of whoever has chosen none ("zh" or "en").
    locale: str = "zh"
    allow: AllowList = NOTHING_ALLOWED


NO_WAY_OUT = Sending()


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after `attempts` attempts, None when there is no further one."""
    return None if attempts >= ATTEMPTS_MAX else timedelta(minutes=PAUSES_MINUTES[attempts - 1])
