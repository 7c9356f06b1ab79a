"""What backups and restores work with, as the settings say; and what differs between two installations' secrets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.core.backup.errors import BackupError
from app.core.backup.key import fingerprint
from app.core.errors import Sentence
from app.edge.attachment import open_store
from app.edge.context import Context
from app.jobs.backup.making import Place
from app.jobs.backup.restoring import Source
from config import Settings

#: The secrets that lie in no backup, by the setting that holds each, and what is lost without the right one.
_LOST = {
    "LIANBAN_SECRET_KEY": Sentence("第二因素等密封内容无法打开", "second factors and what else is sealed stay shut"),
    "LIANBAN_PASSWORD_PEPPER": Sentence("密码无法核对", "passwords cannot be checked"),
}


def make_place(context: Context) -> Place:
    """Return what is backed up."""
    settings = context.settings
    return Place(
        context.database, open_store(context), context.clock, settings.city_zh, _fingerprint_secrets(settings)
    )  # fmt: skip


def _fingerprint_secrets(settings: Settings) -> dict[str, str]:
    return {
        "LIANBAN_SECRET_KEY": fingerprint(settings.secret_key),
        "LIANBAN_PASSWORD_PEPPER": fingerprint(settings.password_pepper),
    }


def list_other_secrets(settings: Settings, made_with: Mapping[str, str]) -> list[Sentence]:
    """Return a sentence for each secret that is another here than where a backup was made."""
    mine = _fingerprint_secrets(settings)
    return [
        Sentence(
            f"{name}与制作备份时不同：{lost.zh}。", f"{name} is another than where the backup was made: {lost.en}."
        )
        for name, lost in _LOST.items()
        if made_with.get(name) != mine[name]
    ]


@contextmanager
def open_source(context: Context, path: Path) -> Iterator[Source]:
    """Open a backup for reading with the keys that are set; BackupError when it cannot be opened."""
    try:
        file = path.open("rb")
    except OSError as error:
        said = Sentence(f"无法读取{path}（{error.strerror}）。", f"{path} cannot be read ({error.strerror}).")
        raise BackupError("backup_unreadable", said) from error
    with file:
        yield Source(file, context.settings.backup_keys, str(path))
