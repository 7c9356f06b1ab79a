"""People: added with a log-in name, never deleted; who leaves is deactivated and stays on record."""

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.sealing import blind, seal
from app.core.text import NAME_MAX, clean, fold, sort_key
from app.models.organisation import Holding, Person
from app.services.act import Act, read_name
from app.services.organisation.post import release_assignments, vacate
from app.services.organisation.token import revoke_tokens_of
from app.services.organisation.web_session import end_sessions_of
from app.services.personal.feed import revoke_feeds_of

EMAIL_MAX = 200


def find_person(connection: Connection, login: str) -> int | None:
    """Return the id of the person who logs in as `login` (compared folded), built-in accounts included."""
    return connection.execute(
        select(Person.id).where(Person.login.in_({clean(login), fold(login)})).order_by(Person.id).limit(1)
    ).scalar_one_or_none()


def add_person(
    act: Act,
    login: str,
    name: str,
    *,
    password_hash: str | None = None,
    is_given: bool = False,
    email: str | None = None,
) -> int:
    """Add a person and return the id; the login is kept folded, so that no look-alike can be added beside it.

    InvalidError lists every fault. Without a password hash (`password.hash_password`) nobody can log in. `is_given`:
    the password is somebody else's, and to be changed at the first log-in.
    """
    faults: list[Fault] = []
    given = read_name(faults, "login", fold(login), NAME_MAX)
    shown = read_name(faults, "name", name, NAME_MAX)
    address = read_name(faults, "email", email, EMAIL_MAX, required=False)
    if given is not None and any(char.isspace() for char in given):
        faults.append(Fault("login", Sentence("登录名不能含空格。", "A login has no blanks.")))
    if given is None or shown is None or faults:
        raise InvalidError(faults)
    values = {
        "login": given,
        "name": shown,
        "sort_key": sort_key(shown, surname=True),
        "password_hash": password_hash,
        "password_given_at": act.now if is_given and password_hash is not None else None,
        "created_at": act.now,
    }
    person_id: int | None = act.connection.execute(
        make_insert(act.connection, Person)
        .values(values)
        .on_conflict_do_nothing(index_elements=["login"])
        .returning(Person.id)
    ).scalar_one_or_none()
    if person_id is None:
        raise InvalidError(
            [Fault("login", Sentence(f"登录名“{given}”已存在。", f"The login {given!r} exists already."))]
        )
    if address:
        keep_email(act.connection, person_id, address)
    act.audit("add_person", f"person:{person_id}", after={"login": given, "name": shown})
    return person_id


def keep_email(connection: Connection, person_id: int, address: str) -> None:
    """Keep somebody's mail address, sealed, with what finds it again."""
    values = {"email": seal(address, Person.email, person_id), "email_index": blind(address, Person.email)}
    connection.execute(update(Person).where(Person.id == person_id).values(values))


def set_password_hash(
    act: Act, person_id: int, password_hash: str, *, is_given: bool = False, ends_tokens: bool = True
) -> None:
    """Give a person a new password (`password.hash_password`); every open session ends, a pause too.

    So do tokens and calendar feeds, which open the account without the password, unless `ends_tokens` is false.
    `is_given`: somebody else made it, so the person has to change it at the first log-in.
    """
    act.connection.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(
            password_hash=password_hash,
            password_given_at=act.now if is_given else None,
            session_epoch=Person.session_epoch + 1,
            failed_logins=0,
            locked_until=None,
        )
    )
    end_sessions_of(act.connection, person_id, act.now)
    if ends_tokens:
        revoke_tokens_of(act, person_id)
        revoke_feeds_of(act, person_id)
    act.audit("set_password", f"person:{person_id}", after={"ends_tokens": ends_tokens})


def set_preferences(act: Act, person_id: int, *, locale: str | None = None, theme: str | None = None) -> None:
    """Keep the language ("zh", "en") and the look ("light", "dark") that a person chose; None leaves it."""
    faults = [
        Fault(field, Sentence(f"应为{'、'.join(known)}之一。", f"expected one of {', '.join(known)}."))
        for field, value, known in (("locale", locale, ("zh", "en")), ("theme", theme, ("light", "dark")))
        if value is not None and value not in known
    ]
    if faults:
        raise InvalidError(faults)
    values = {key: value for key, value in (("locale", locale), ("theme", theme)) if value is not None}
    if values:
        act.connection.execute(update(Person).where(Person.id == person_id).values(**values))
        act.audit("set_preferences", f"person:{person_id}", after=values)


def put_guide_away(act: Act, person_id: int) -> None:
    """Note that a person has read their first steps; a second time changes nothing."""
    act.connection.execute(
        update(Person).where(Person.id == person_id, Person.guided_at.is_(None)).values(guided_at=act.now)
    )


def deactivate_person(act: Act, person_id: int) -> None:
    """End a person's posts, tokens and sessions; the name stays on everything that was done (idempotent).

    What the person was in charge of falls to the head of the department. ConflictError when nobody would be left
    in the office; NotFoundError when there is no such person.
    """
    row = act.connection.execute(
        select(Person.is_active, Person.is_system).where(Person.id == person_id).with_for_update()
    ).first()
    if row is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    if row.is_system:
        raise ConflictError(
            "built_in_account", Sentence("内置账号不能停用。", "A built-in account cannot be deactivated.")
        )
    if not row.is_active:
        return
    holdings = act.connection.execute(
        select(Holding.id)
        .where(Holding.person_id == person_id, (Holding.to_on.is_(None)) | (Holding.to_on > act.today))
        .order_by(Holding.id)
    ).scalars()
    for holding_id in holdings.all():
        vacate(act, holding_id)
    act.connection.execute(
        update(Person).where(Person.id == person_id).values(is_active=False, session_epoch=Person.session_epoch + 1)
    )
    revoke_tokens_of(act, person_id)
    end_sessions_of(act.connection, person_id, act.now)
    release_assignments(act, person_id)
    act.audit("deactivate_person", f"person:{person_id}", before={"is_active": True}, after={"is_active": False})
