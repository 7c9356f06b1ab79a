"""Real servers on the loopback for these tests: gunicorn as the service starts it, nginx as the example has it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.deploy.lock import ROOT

DEPLOY = ROOT / "scripts" / "deploy"
HOST = "lianban.example.gov"
_START_SECONDS = 120.0


def find_port() -> int:
    """Return a port of the loopback that was free just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def gunicorn(settings: Mapping[str, str]) -> Iterator[int]:
    """Serve the product with the settings of the service, one worker; yields the port."""
    port = find_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn_settings.py"), "--workers", "1"]
    env = {"PATH": os.defpath, "LANG": "C.UTF-8", **settings}
    with subprocess.Popen([*command, "--bind", f"127.0.0.1:{port}", "wsgi:application"], cwd=ROOT, env=env) as process:
        yield from _until_served(process, port)


@contextmanager
def nginx(folder: Path, upstream_port: int) -> Iterator[tuple[int, int]]:
    """Run nginx with the example's own files, their places changed to `folder`; yields the ports of http and https."""
    plain, secure = find_port(), find_port()
    write_certificate(folder)
    for name in ("lianban.conf", "upstream.conf", "static.conf"):
        (folder / name).write_text(render(DEPLOY / "nginx" / name, folder, (plain, secure, upstream_port)))
    (folder / "nginx.conf").write_text(_frame(folder))
    command = [find_nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as process:
        for ports in _until_served(process, secure):
            yield plain, ports


def find_nginx() -> str:
    """Return nginx's path; `scripts/machine.sh tests` installs it."""
    found = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    assert found, "expected nginx (scripts/machine.sh tests)"
    return found


def render(path: Path, folder: Path, ports: tuple[int, int, int]) -> str:
    """Return one of the example's files with this test's places and ports; nothing else is changed."""
    plain, secure, upstream = ports
    text = re.sub(r"^ *listen \[::\].*\n", "", path.read_text(), flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = re.sub(r"listen 443 ", f"listen 127.0.0.1:{secure} ", text)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    text = text.replace("/etc/nginx/lianban/", f"{folder}/").replace("/etc/lianban/tls/", f"{folder}/")
    return text.replace("/opt/lianban/current/", f"{ROOT}/")


def _frame(folder: Path) -> str:
    """Return what Debian's own nginx.conf is around the example."""
    places = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""
    return (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\n    include /etc/nginx/mime.types;\n    access_log off;\n{places}"
        f"    include {folder}/lianban.conf;\n}}\n"
    )


def write_certificate(folder: Path) -> None:
    """Write a certificate that signs itself, and its key, as the example names them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


def _until_served(process: "subprocess.Popen[bytes]", port: int) -> Iterator[int]:
    """Yield the port once something listens there; end the process afterwards, and see that it ended by itself."""
    end_at = time.monotonic() + _START_SECONDS
    try:
        while True:
            assert process.poll() is None, f"the server ended with {process.returncode}"
            assert time.monotonic() < end_at, "the server did not start"
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                break
        yield port
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
