"""Checks of what the product is made of and how it is set: Python, packages against the lock, settings."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from app.core.trust import CA_FILE, TrustError, check_trust
from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from config import BASE_URL, ROOT

_PYTHON = (3, 11)
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*(.+?))?\s*\\?$", re.MULTILINE)
_SHOWN_MAX = 8


def check_packages(_patient: Patient) -> Iterator[Finding]:
    """Look whether Python and the packages are those of the lock."""
    if sys.version_info[:2] != _PYTHON:
        told = f"{sys.version_info[0]}.{sys.version_info[1]}"
        yield warn(
            "packages",
            f"Python {told}未经测试",
            f"Python {told} is not the one that is tried",
            "使用Python 3.11",
            "Use Python 3.11",
        )
    lock = ROOT / "requirements.lock"
    try:
        pinned = {name: wanted for name, wanted, marker in _PINNED.findall(lock.read_text()) if not marker}
    except OSError:
        yield warn(
            "packages",
            "找不到requirements.lock，无法核对软件包",
            "requirements.lock is not here: packages cannot be compared",
            "从安装包取回该文件",
            "Take the file from the product's archive",
        )
        return
    other = [f"{name} {found or '—'} ≠ {wanted}" for name, wanted in pinned.items() if (found := _find(name)) != wanted]
    if other:
        shown = ", ".join(other[:_SHOWN_MAX]) + (" …" if len(other) > _SHOWN_MAX else "")
        yield fault(
            "packages",
            f"{len(other)}个软件包与requirements.lock不一致：{shown}",
            f"{len(other)} packages are not those of requirements.lock: {shown}",
            "pip install --no-deps --require-hashes -r requirements.lock",
            "pip install --no-deps --require-hashes -r requirements.lock",
        )
    else:
        yield well(
            "packages", f"{len(pinned)}个软件包与锁定版本一致", f"the {len(pinned)} packages are those of the lock"
        )


def _find(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def check_settings(patient: Patient) -> Iterator[Finding]:
    """Look whether settings go together; those that cannot hold at all stop the start."""
    settings, found = patient.context.settings, False
    host = urlsplit(settings.base_url).hostname or ""
    is_https = settings.base_url.startswith("https://")
    if is_https != settings.https:
        found = True
        yield fault(
            "settings",
            "LIANBAN_BASE_URL与LIANBAN_HTTPS不一致",
            "LIANBAN_BASE_URL and LIANBAN_HTTPS do not go together",
            "地址为https时设LIANBAN_HTTPS=1，否则设为0",
            "Set LIANBAN_HTTPS=1 where the address is https://, else 0",
        )
    if settings.mail_server is not None and settings.base_url == BASE_URL:
        found = True
        yield warn(
            "settings",
            "邮件中的链接指向本机，收件人打不开",
            "Links in mails lead to this machine itself: nobody else can open them",
            "设置LIANBAN_BASE_URL为用户访问的地址",
            "Set LIANBAN_BASE_URL to the address that people use",
        )
    if settings.mail_server is None:
        found = True
        yield warn(
            "settings",
            "未设邮件服务器，紧急消息只进消息箱",
            "There is no mail server: critical messages reach the inbox only",
            "设置LIANBAN_SMTP_URL和LIANBAN_MAIL_FROM",
            "Set LIANBAN_SMTP_URL and LIANBAN_MAIL_FROM",
        )
    if is_https and not settings.proxies and host not in ("localhost", "127.0.0.1"):
        found = True
        yield warn(
            "settings",
            "使用https但LIANBAN_PROXIES=0：若前面有代理，日志和限流会把所有人当作代理",
            "https without LIANBAN_PROXIES: behind a proxy everybody counts as the proxy, in limits and in the log",
            "按前置代理的层数设置LIANBAN_PROXIES",
            "Set LIANBAN_PROXIES to the number of proxies in front",
        )
    try:
        check_trust()
    except TrustError as error:
        found = True
        yield fault(
            "settings",
            f"{CA_FILE}所指的证书文件无法使用：{error}",
            f"{CA_FILE} names a file of authorities that cannot be used: {error}",
            "改为单位证书机构的PEM文件，或取消该变量",
            "Name the PEM file of your own authority, or unset the variable",
        )
    if not found:
        yield well("settings", "各项设置互相一致", "the settings go together")
