"""What is wrong with a file that is said to be a backup."""

from app.core.errors import ConflictError, Sentence


class BackupError(ConflictError):
    """A file, a key or a place with which nothing was begun; the sentence says what was found and expected."""


def damaged(zh: str, en: str) -> BackupError:
    """Return the error for a file that is not as it was written; `zh` and `en` say where."""
    return BackupError("backup_damaged", Sentence(f"备份文件已损坏或不完整：{zh}。", f"The backup is damaged: {en}."))


def foreign(zh: str, en: str) -> BackupError:
    """Return the error for a file that is no backup of this product, or one that this release cannot read."""
    return BackupError("backup_foreign", Sentence(f"不是可用的联办备份：{zh}。", f"No backup of Lianban: {en}."))
