"""Checks of the place where the product stands: disk, files and their permissions, keys, the store."""

import os
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well

#: With less than this share and less than this much left, a disk is nearly full; with a third of either, it is a fault.
FREE_SHARE = 0.10
FREE_BYTES = 20 * 1024**3
_FAULT_SHARE = FREE_SHARE / 3
_FAULT_BYTES = 512 * 1024**2
_GB = 1024**3
_PROBE = b"\0" * 4096
#: Files below LIANBAN_VAR that nobody else on the machine may read.
_PRIVATE = ("secret_key", "keys", "lianban.sqlite3")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SHOWN_MAX = 5
#: A store that takes longer is told as one that does not answer: whoever asks is waiting.
STORE_SECONDS = 3.0


def check_disk(patient: Patient) -> Iterator[Finding]:
    """Look how much room is left where the product writes."""
    yield _look_at_disk(patient.context.settings.var, "数据目录", "LIANBAN_VAR")
    yield _look_at_disk(Path(tempfile.gettempdir()), "临时目录", "the folder for temporary files")


def _look_at_disk(folder: Path, zh: str, en: str) -> Finding:
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return fault(
            "disk",
            f"{zh}无法读取：{error.strerror}",
            f"{en} cannot be looked at: {error.strerror}",
            "检查目录是否存在、挂载是否正常",
            "See that the folder is there and mounted",
        )
    share = usage.free / max(1, usage.total)
    said = f"{zh}剩余{usage.free / _GB:.1f} GB（{share:.0%}）", f"{en} has {usage.free / _GB:.1f} GB left ({share:.0%})"
    mend = "清理或扩大磁盘，旧备份和日志可移走", "Free or add disk space; old backups and logs can be moved away"
    if usage.free < _FAULT_BYTES or (share < _FAULT_SHARE and usage.free < FREE_BYTES):
        return fault("disk", *said, *mend)
    if share < FREE_SHARE and usage.free < FREE_BYTES:
        return warn("disk", *said, *mend)
    return well("disk", *said)


def check_var(patient: Patient) -> Iterator[Finding]:
    """Look whether LIANBAN_VAR can be written to, and whether others on the machine could read what is private."""
    var = patient.context.settings.var
    try:
        with tempfile.TemporaryFile(dir=var) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        yield fault(
            "files",
            f"数据目录无法写入：{error.strerror}",
            f"LIANBAN_VAR cannot be written to: {error.strerror}",
            "检查目录的属主、挂载方式和剩余空间",
            "Check the folder's owner, how it is mounted, and its free space",
        )
        return
    found = [file for name in _PRIVATE for file in _walk(var / name)]
    exposed = [file.relative_to(var) for file in found if file.stat().st_mode & _OTHERS]
    for name in exposed[:_SHOWN_MAX]:
        yield fault(
            "files",
            f"{name}可被本机其他用户读取",
            f"{name} can be read by others on this machine",
            f"chmod go= $LIANBAN_VAR/{name}",
            f"chmod go= $LIANBAN_VAR/{name}",
        )
    if not exposed:
        yield well(
            "files", "数据目录可写，私密文件只有本账户可读", "LIANBAN_VAR is writable; private files are private"
        )


def _walk(path: Path) -> list[Path]:
    return [path, *path.rglob("*")] if path.is_dir() else [path] if path.exists() else []


def check_keys(patient: Patient) -> Iterator[Finding]:
    """Look whether the key is there that sessions and second factors need."""
    settings = patient.context.settings
    file = settings.var / "secret_key"
    if os.environ.get("LIANBAN_SECRET_KEY"):
        yield well("keys", "会话密钥来自LIANBAN_SECRET_KEY", "the secret key comes from LIANBAN_SECRET_KEY")
    elif not file.is_file():
        yield warn(
            "keys",
            "数据目录中没有会话密钥文件，重启后会新建，所有人须重新登录、重设两步验证",
            "The file of the secret key is gone: a restart makes a new one and ends all sessions and second factors",
            "取回secret_key放到数据目录，或设置LIANBAN_SECRET_KEY",
            "Put secret_key back into LIANBAN_VAR, or set LIANBAN_SECRET_KEY",
        )
    elif not _holds(file, settings.secret_key):
        yield fault(
            "keys",
            "会话密钥文件无法读取，或与运行中的密钥不同",
            "The file of the secret key cannot be read, or is not the key that runs",
            "检查$LIANBAN_VAR/secret_key的属主和内容，各机须相同",
            "Check owner and content of $LIANBAN_VAR/secret_key; every machine has the same",
        )
    else:
        yield well("keys", "会话密钥可读", "the secret key is readable")


def _holds(file: Path, key: str) -> bool:
    try:
        return file.read_text().strip() == key
    except (OSError, UnicodeDecodeError):
        return False


def check_store(patient: Patient) -> Iterator[Finding]:
    """Look whether the store of files answers within a moment."""
    said = "没有回应", "no answer"
    answered = threading.Event()

    def ask() -> None:
        nonlocal said
        try:
            patient.context.store.exists("0" * 64)
        except Exception as error:  # noqa: BLE001  # whatever kind of store it is, that it fails is the finding
            said = (type(error).__name__,) * 2
        else:
            answered.set()

    asking = threading.Thread(target=ask, name="store", daemon=True)
    asking.start()
    asking.join(STORE_SECONDS)
    if answered.is_set():
        yield well("store", "文件库可用", "the store of files answers")
        return
    yield fault(
        "store",
        f"文件库无法读取（{said[0]}）",
        f"The store of files cannot be read ({said[1]})",
        "检查文件存放位置（LIANBAN_STORE）、网络和凭据",
        "Check where files are kept (LIANBAN_STORE), the network, the credentials",
    )
