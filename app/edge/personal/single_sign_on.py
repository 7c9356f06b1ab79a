"""Log-in by the provider that the installation trusts: who comes back from it, and whose account that opens.

Never makes an account. Whoever leaves is refused, whatever the provider says of them.
"""

import logging
from typing import cast

from flask import current_app

from app.core.errors import Sentence, UnavailableError
from app.core.oidc import Client, Outsider, ProviderDownError, RefusedError, Start
from app.edge.auth import make_act
from app.edge.context import Context, Unit, current_context
from app.edge.errors import UnknownCallerError
from app.edge.personal.log_in import Passed, Then
from app.services.account.identity import find_by_claim, find_person_of, link_identity, note_seen
from app.services.organisation import password

log = logging.getLogger(__name__)

_KEY = "lianban_single_sign_on"
#: Where the provider sends people back to; it must be registered there.
BACK = "/login/single-sign-on/back"
_DOWN = Sentence(
    "统一认证平台暂时无法连接，请稍后再试，或用密码登录。",
    "Single sign-on cannot be reached now; try again later, or log in by password.",
)
_REFUSED = Sentence(
    "统一认证没有通过，请重新登录。", "Single sign-on did not succeed; please log in again."
)  # fmt: skip
_WAY = {"way": "single_sign_on"}


def _unknown(subject: str) -> Sentence:
    return Sentence(
        f"您的统一身份没有关联本系统的有效账号，请联系系统管理员（身份标识：{subject}）。",
        f"Your identity there belongs to no active account here; ask an administrator (identity: {subject}).",
    )


def current_client(context: Context) -> Client | None:
    """Return the client of the installation's provider; None where there is no single sign-on."""
    provider = context.settings.provider
    if provider is None:
        return None
    found = current_app.extensions.get(_KEY)
    if found is None:
        found = current_app.extensions.setdefault(_KEY, Client(provider, f"{context.settings.base_url}{BACK}"))
    return cast("Client", found)


def begin(client: Client) -> Start:
    """Return where a browser goes to log in; UnavailableError when the provider cannot be reached."""
    try:
        return client.begin()
    except ProviderDownError as error:
        raise _tell_down(error) from error


def finish(client: Client, start: Start, code: str, *, source: str) -> Passed:
    """Return who comes back from the provider with `code`, and what their log-in still needs.

    UnavailableError when the provider cannot be reached, UnknownCallerError when what it says does not hold, or when
    it belongs to no active account.
    """
    context = current_context()
    try:
        outsider = client.finish(start, code, context.now())
    except ProviderDownError as error:
        raise _tell_down(error) from error
    except RefusedError as error:
        log.warning("single sign-on refused: %s", error)
        context.database.write(
            lambda unit: password.write_stranger(unit.connection(), context.now(), source=source, after=_WAY)
        )
        raise refuse() from error
    passed = context.database.write(lambda unit: _recognise(context, unit, client, outsider, source))
    if passed is None:
        raise UnknownCallerError("identity_unknown", _unknown(outsider.subject))
    return passed


def refuse() -> UnknownCallerError:
    """Return the refusal of an answer that does not belong to a log-in that was begun here."""
    return UnknownCallerError("single_sign_on_refused", _REFUSED)


def _tell_down(error: ProviderDownError) -> UnavailableError:
    log.warning("single sign-on is away: %s", error)
    return UnavailableError("single_sign_on_down", _DOWN)


def _recognise(context: Context, unit: Unit, client: Client, outsider: Outsider, source: str) -> Passed | None:
    """Return whose log-in it is; None, with a row in the log, when it is nobody's."""
    connection, now = unit.connection(), context.now()
    person_id = find_person_of(connection, outsider.issuer, outsider.subject)
    if person_id is None and client.provider.claim != "sub" and outsider.named:
        person_id = find_by_claim(connection, outsider.issuer, client.provider.claim, outsider.named)
        if person_id is not None:
            act = make_act(context, unit, person_id, role="self", source=source)
            link_identity(act, person_id, outsider.issuer, outsider.subject)
    found = None if person_id is None else password.find_credentials_of(connection, person_id, now)
    if found is None:
        who = {} if person_id is None else {"person_id": person_id}
        password.write_stranger(connection, now, source=source, after={**_WAY, **who})
        return None
    note_seen(connection, outsider.issuer, outsider.subject, now)
    if found.has_factor and context.settings.totp != "off":
        return Passed(found.person_id, found.session_epoch, Then.CODE, is_vouched=True)
    password.write_vouched(connection, found, now, source=source, after=_WAY)
    return Passed(found.person_id, found.session_epoch, Then.NOTHING, is_vouched=True)
