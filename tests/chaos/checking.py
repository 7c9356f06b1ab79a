"""Runs the product's own commands, each in a process of its own, from one that has loaded the product once.

Run as `python -m tests.chaos.checking "fund check" "access check" …`; prints a JSON object a command: its words, its
status, what it said. Starting `flask` five times takes most of a minute on a machine with much to do.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.cli import ScriptInfo

from app.factory import create_app


def main() -> None:
    """Run what the arguments name, one after the other."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        for words in sys.argv[1:]:
            said.write_bytes(b"")
            child = os.fork()
            if child == 0:
                _run(words.split(), said)
            _, status = os.waitpid(child, 0)
            told = {"words": words, "status": os.waitstatus_to_exitcode(status), "said": said.read_text()}
            sys.stdout.write(f"{json.dumps(told)}\n")


def _run(words: list[str], said: Path) -> None:
    """Be the command, and end as it ends."""
    status = 70
    try:
        place = os.open(said, os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(place, stream)
        app = create_app()
        app.cli.main(args=words, prog_name="flask", obj=ScriptInfo(create_app=lambda: app))
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
