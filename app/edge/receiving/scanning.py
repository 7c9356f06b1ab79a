"""Lets no file of a request be read before the scanner has looked at it, where the installation has one.

The one place is `request.files`: whatever an address takes, now or later, it takes from there. What operators give to
commands is their own, and is not looked at.
"""

from flask import Request as FlaskRequest
from flask import current_app, g
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from app.core.errors import Fault, InvalidError, Sentence, UnavailableError
from app.core.scanner import Scanner, ScannerAwayError
from app.core.watch.logs import get_logger
from app.edge.context import current_context

log = get_logger(__name__)

_AWAY = Sentence(
    "病毒扫描暂时不可用，文件没有接收，请稍后再试；仍如此时请联系系统管理员。",
    "Files cannot be scanned for viruses now, so this one was not taken; try again later, then tell an administrator.",
)


class Request(FlaskRequest):
    """A request whose files were scanned when somebody first asks for them."""

    _is_scanned = False

    @property
    def files(self) -> ImmutableMultiDict[str, FileStorage]:
        """Return the files; InvalidError `file_infected` names the one that is, UnavailableError when nobody looked."""
        self._load_form_data()
        found: ImmutableMultiDict[str, FileStorage] = self.__dict__["files"]
        scanner = current_context().settings.scanner if current_app else None
        if scanner is not None and not self._is_scanned:
            for name, file in found.items(multi=True):
                _look(scanner, name, file)
            self._is_scanned = True
        return found


def _look(scanner: Scanner, field: str, file: FileStorage) -> None:
    try:
        signature = scanner.scan(file.stream)  # type: ignore[arg-type]  # werkzeug says IO[bytes]
    except ScannerAwayError as error:
        log.warning("a file was not scanned", error=str(error), taken=scanner.away == "accept")
        if scanner.away == "accept":
            return
        raise UnavailableError("scanner_away", _AWAY) from error
    if signature:
        log.warning("an infected file was refused", signature=signature, person=g.get("person_id"))
        said = Sentence(
            f"文件含有病毒（{signature}），没有接收。", f"The file is infected ({signature}) and was not taken."
        )
        raise InvalidError([Fault(field, said)], code="file_infected")
