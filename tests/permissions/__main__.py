"""`python -m tests.permissions`: writes docs/permissions.md from the table."""

import sys

from tests.permissions.document import PATH, write

if __name__ == "__main__":
    PATH.write_text(write(), encoding="utf-8")
    sys.stdout.write(f"docs: {PATH.name}\n")
