"""One pass of sealing: under its lock, batch by batch, each head also kept beside the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.core.errors import ConflictError, Sentence, UnavailableError
from app.core.lease import held
from app.core.merkle.signed import Head, Signer
from app.edge.auth import make_system_act
from app.edge.context import Context, Unit
from app.edge.seal.heads_file import append_heads, find_path, read_last
from app.edge.seal.key_file import begin_signer, find_signer, make_signer
from app.services.audit_seal.keeping import add_key, find_head, find_last_head, list_heads, list_keys
from app.services.audit_seal.sealing import BATCH, BrokenSealError, Waiting, find_floor, read_waiting, write_batch

_PAGE = 1000


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a pass did: entries that got a leaf, heads that were signed, the log's last head."""

    entries: int
    heads: int
    head: Head | None


def seal_log(
    context: Context, *, is_full: bool, stopped: Callable[[], bool] = _never, wait_seconds: float | None = None,
    is_restored: bool = False,
) -> Sealed:  # fmt: skip
    """Seal what waits; idempotent, and two at once do it once. `is_full`: looks through the whole log.

    `is_restored`: the database is an older one on purpose; the heads that were kept are put aside. UnavailableError
    when another pass runs or the private key is missing, ConflictError when the kept heads know of more than the log.
    """
    with held(context.database, "seal", stopped, wait_seconds):
        if is_restored:
            _put_aside(context)
        _catch_up(context)
        now = context.now()
        with context.database.reading() as unit:
            after = find_floor(unit.connection(), now, is_full=is_full)
        signer: Signer | None = None
        entries = heads = 0
        while not stopped():
            if signer is None and _has_waiting(context, after):
                signer = _require_signer(context, now)
            waiting = _read(context, after)
            if signer is None or not waiting.rows:
                break
            head = _write(context, signer, waiting, now)
            append_heads(find_path(context), [head])
            entries, heads, after = entries + len(waiting.rows), heads + 1, waiting.rows[-1][0]
            if waiting.is_last:
                break
        with context.database.reading() as unit:
            return Sealed(entries, heads, find_last_head(unit.connection()))


def _has_waiting(context: Context, after: int) -> bool:
    with context.database.reading() as unit:
        return bool(read_waiting(unit.connection(), after, 1).rows)


def _read(context: Context, after: int) -> Waiting:
    with context.database.reading() as unit:
        return read_waiting(unit.connection(), after, BATCH)


def _write(context: Context, signer: Signer, waiting: Waiting, now: datetime) -> Head:
    def work(unit: Unit) -> Head:
        return write_batch(unit.connection(), signer, waiting.rows, now, is_last=waiting.is_last)

    try:
        return context.database.write(work)
    except BrokenSealError as error:
        said = Sentence(
            "日志最后的树头与库中所存不符，未继续封存。请运行flask audit verify。",
            f"The log's last head does not fit what is kept ({error}); nothing was sealed. Run flask audit verify.",
        )
        raise ConflictError("seal_broken", said) from error


def _require_signer(context: Context, now: datetime) -> Signer:
    """Return the present key's signer; the first one is made now."""
    with context.database.reading() as unit:
        keys = list_keys(unit.connection())
    if keys:
        return find_signer(context, keys[-1].key_id)
    signer, path = begin_signer(context)

    def begin(unit: Unit) -> None:
        add_key(unit.connection(), signer, now, signer)
        make_system_act(context, unit, source="job").audit("audit_key.begin", f"audit_key:{signer.key_id}")

    _use_or_drop(context, begin, path)
    return signer


def turn_key(context: Context, *, is_lost: bool = False) -> str:
    """Make the next key and let the present one sign it; returns its id.

    `is_lost`: the present private key is gone; the next one signs itself, and every verification names that until it
    is told that the new key is known. UnavailableError when the private key is missing, ConflictError without a key.
    """
    with held(context.database, "seal"):
        now = context.now()
        with context.database.reading() as unit:
            keys = list_keys(unit.connection())
        if not keys:
            raise ConflictError("no_key", Sentence("还没有密钥：先封存一次。", "There is no key yet: seal once first."))
        old = None if is_lost else find_signer(context, keys[-1].key_id)
        signer, path = make_signer(context)

        def turn(unit: Unit) -> None:
            add_key(unit.connection(), signer, now, old or signer)
            make_system_act(context, unit).audit(
                "audit_key.turn", f"audit_key:{signer.key_id}", before={"key_id": keys[-1].key_id},
                after={"key_id": signer.key_id, "signed_by": (old or signer).key_id},
            )  # fmt: skip

        _use_or_drop(context, turn, path)
        return signer.key_id


def _use_or_drop(context: Context, work: Callable[[Unit], None], path: Path | None) -> None:
    try:
        context.database.write(work)
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise


def _catch_up(context: Context) -> None:
    """Add what the kept heads lack (a crash between the two, another machine); ConflictError where they know more."""
    path = find_path(context)
    kept = read_last(path)
    if kept is not None:
        with context.database.reading() as unit:
            found = find_head(unit.connection(), kept.size)
        if found is None or found.root != kept.root:
            raise ConflictError(
                "log_cut_off",
                Sentence(
                    f"{path}记有{kept.size}条的树头（{kept.signed_at}），数据库中没有，未继续封存。"
                    "请运行flask audit verify；如确系恢复了较早的备份，运行flask audit seal --restored。",
                    f"{path} holds a head of {kept.size} entries ({kept.signed_at}) that the database does not have;"
                    " nothing was sealed. Run flask audit verify; if an older backup was restored on purpose, run"
                    " flask audit seal --restored.",
                ),
            )
    after = kept.size if kept else -1
    while True:
        with context.database.reading() as unit:
            missing = list_heads(unit.connection(), after, _PAGE)
        append_heads(path, missing)
        if len(missing) < _PAGE:
            return
        after = missing[-1].size


def _put_aside(context: Context) -> None:
    """Keep the heads that were kept so far under another name: what they know is evidence, not a fault any more."""
    path = find_path(context)
    kept = read_last(path)
    if kept is None:
        return
    aside = path.with_name(f"audit-heads-until-{context.now():%Y%m%dT%H%M%SZ}.jsonl")
    if aside.exists():
        raise ConflictError("aside_exists", Sentence(f"{aside}已存在。", f"{aside} exists already."))
    context.database.write(
        lambda unit: make_system_act(context, unit).audit(
            "audit_heads.put_aside", f"audit_head:{kept.size}", before={"tree_size": kept.size, "root": kept.root},
            after={"file": aside.name},
        )
    )  # fmt: skip
    path.rename(aside)


class Sealer:
    """Seals for the scheduler: what the job's tools hold."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def __call__(self, stopped: Callable[[], bool], is_full: bool) -> str:  # noqa: FBT001  # as Tools has it
        """Make one pass and say what it did; another one that runs is no fault."""
        try:
            done = seal_log(self.context, is_full=is_full, stopped=stopped, wait_seconds=0)
        except UnavailableError as error:
            if error.code != "busy":
                raise
            return "another pass is running"
        size = done.head.size if done.head else 0
        return f"sealed {done.entries}, size {size}"
