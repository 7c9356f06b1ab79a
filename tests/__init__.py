"""Mirrors the tree."""

import os
import tempfile

# The PostgreSQL wheel keeps its sockets there and warns without it; set before it is imported.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="lianban-run-"))
