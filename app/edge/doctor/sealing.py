"""Checks of the keys that seal: the ring of data keys, and the private key that signs the log's heads."""

from collections.abc import Iterator
from datetime import timedelta

from app.core.ring import RingError, read_ring
from app.core.sealing import chosen_ring
from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from app.edge.seal.key_file import list_own_ids
from app.services.audit_seal.keeping import list_keys

#: A data key that is older is to be turned over.
KEY_AGE = timedelta(days=366)


def check_data_keys(patient: Patient) -> Iterator[Finding]:
    """Look whether the ring's file is there and the one that runs, how old its active key is, and its algorithm."""
    kept = chosen_ring()
    try:
        ring = read_ring(kept.path)
    except (OSError, RingError):
        yield fault(
            "data_keys",
            "数据密钥文件不在或无法读取，运行中的进程仍用原密钥，重启后个人信息和附件将无法读取",
            "The file of the data keys is gone or cannot be read: after a restart no sealed value and no file opens",
            "立即从保管处取回密钥文件（LIANBAN_DATA_KEYS或$LIANBAN_VAR/keys/data.json），不要重启",
            "Put it back from where it is kept (LIANBAN_DATA_KEYS or $LIANBAN_VAR/keys/data.json); do not restart",
        )
        return
    wanted, age = patient.context.settings.data_cipher, patient.now - ring.active.created_at
    mend = "运行flask keys rotate，再运行flask keys rewrap", "Run flask keys rotate, then flask keys rewrap"
    if ring.active.algorithm != wanted:
        yield warn(
            "data_keys",
            f"当前数据密钥为{ring.active.algorithm}，设置为{wanted}",
            f"The active data key is one of {ring.active.algorithm}, LIANBAN_DATA_CIPHER says {wanted}",
            *mend,
        )
    elif age >= KEY_AGE:
        yield warn(
            "data_keys",
            f"当前数据密钥已使用{age.days}天",
            f"The active data key is {age.days} days old",
            *mend,
        )
    else:
        yield well("data_keys", "数据密钥可读", "the data keys are readable")


def check_audit_key(patient: Patient) -> Iterator[Finding]:
    """Look whether the private key that signs the next head of the log is here: the scheduler's machine needs it."""
    with patient.context.database.reading() as unit:
        keys = list_keys(unit.connection())
    if not keys:
        yield well(
            "audit_key", "日志尚未封存，首次封存时生成密钥", "the log has no seal yet: its key is made with the first"
        )
    elif keys[-1].key_id in list_own_ids(patient.context):
        yield well("audit_key", "日志签名密钥在本机", "the key that signs the log is here")
    else:
        yield warn(
            "audit_key",
            "日志签名密钥不在本机，本机不能封存日志",
            "The key that signs the log is not here: this machine cannot seal",
            "定时任务进程所在机器须有该密钥（LIANBAN_AUDIT_KEY或$LIANBAN_VAR/keys/audit-….pem）",
            "The scheduler's machine needs it (LIANBAN_AUDIT_KEY or $LIANBAN_VAR/keys/audit-….pem)",
        )
