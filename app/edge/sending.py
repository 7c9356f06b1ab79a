"""The ways out of an installation, as its settings say; and what a webhook's address is looked at with."""

from app.core.errors import Fault, InvalidError
from app.core.webhook import TargetError, find_target
from app.edge.attachment import open_store
from app.edge.context import Context
from app.edge.doctor.table import CHEAP, HOURLY, examine
from app.edge.long_work.kinds import make_kinds
from app.edge.paperwork.frozen.waiting import Freezer
from app.edge.seal.passing import Sealer
from app.jobs.tools import Tools
from app.services.message.sending import Sending


def make_sending(context: Context) -> Sending:
    """Return the ways out."""
    settings = context.settings
    return Sending(
        server=settings.mail_server,
        mail_from=settings.mail_from,
        base_url=settings.base_url,
        locale=settings.locale,
        allow=settings.webhook_allow,
    )


def make_tools(context: Context) -> Tools:
    """Return what the jobs of this process work with."""
    sending, store = make_sending(context), open_store(context)
    kinds, freeze = make_kinds(context), Freezer(context)
    return Tools(
        context.database,
        context.book,
        context.clock,
        sending=sending,
        store=store,
        kinds=kinds,
        freeze=freeze,
        seal=Sealer(context),
        examine=lambda is_hourly: examine(context, HOURLY if is_hourly else CHEAP),
    )


def check_webhook_address(context: Context, url: str) -> str:
    """Return an address that webhooks may call; InvalidError says why not. Asks the name service: no unit is open."""
    given = url.strip()
    try:
        find_target(given, context.settings.webhook_allow)
    except TargetError as error:
        raise InvalidError([Fault("url", error.sentence)]) from None
    return given
