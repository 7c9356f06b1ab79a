"""Settings, read once from the environment (prefix LIANBAN_); a bad value stops the start with its name.

| variable              | meaning                                                     | default                        |
|-----------------------|-------------------------------------------------------------|--------------------------------|
| LIANBAN_DATABASE_URL  | sqlite:///… or postgresql+psycopg://…                       | sqlite in LIANBAN_VAR          |
| LIANBAN_REPLICA_URL   | a streaming standby that lists and reports are read from    | none                           |
| LIANBAN_SECRET_KEY    | signs sessions and forms; 32 characters at least            | made once into LIANBAN_VAR     |
| LIANBAN_DATA_KEYS     | file of the data keys (docs/encryption.md)                  | made once into LIANBAN_VAR     |
| LIANBAN_DATA_CIPHER   | what new data keys are for: AES-256-GCM or SM4-GCM          | AES-256-GCM                    |
| LIANBAN_TIMEZONE      | the city's zone                                             | Asia/Shanghai                  |
| LIANBAN_LOCALE        | zh or en, until a person chooses                            | zh                             |
| LIANBAN_VAR           | database, files, reports                                    | var/                           |
| LIANBAN_CITY          | the city's name on pages and documents                      | 云州市|Yunzhou                 |
| LIANBAN_HOURS         | working hours, e.g. 09:00-12:00,13:30-17:30                 | 09:00-17:30                    |
| LIANBAN_HTTPS         | 1: cookies only over HTTPS                                  | 0                              |
| LIANBAN_MAX_FILE_MB   | the largest file that may be attached, in MB, 1 to 1024     | 50                             |
| LIANBAN_STORE         | s3://bucket/prefix?endpoint=https://…&region=…: where files lie | files/ in LIANBAN_VAR      |
| LIANBAN_STORE_KEY_ID, LIANBAN_STORE_SECRET | the key for that bucket                | needed with LIANBAN_STORE      |
| LIANBAN_SCANNER_URL   | clamd://host:3310 or clamd:///socket: scans what people send | none: no scanner              |
| LIANBAN_SCANNER_AWAY  | while the scanner is away files are: refuse or accept       | refuse                         |
| LIANBAN_SMTP_URL      | smtp://user:password@host:port, smtps://…, ?starttls=1      | none: no mail is sent          |
| LIANBAN_MAIL_FROM     | the sender's address; needed with LIANBAN_SMTP_URL          | none                           |
| LIANBAN_BASE_URL      | where people reach the product: links in mails, on papers   | http://127.0.0.1:8000          |
| LIANBAN_HOSTS         | hosts that a request may name; .inside.gov with those below | that of LIANBAN_BASE_URL       |
| LIANBAN_RATE_LIMIT    | requests a caller may send to the API, e.g. 600/minute; off | 600/minute                     |
| LIANBAN_LOG_IN_LIMIT  | log-ins that one address may try, e.g. 20/minute; off       | 20/minute                      |
| LIANBAN_WEBHOOK_ALLOW | inside hosts and networks that webhooks may call            | none                           |
| LIANBAN_SESSION_IDLE_MINUTES | a browser's session ends after so long without a request, 5 to 1440 | 120             |
| LIANBAN_SESSION_HOURS | a browser's session ends so long after log-in, 1 to 168     | 12                             |
| LIANBAN_PASSWORD_PEPPER | keyed into every password; 32 characters at least         | none                           |
| LIANBAN_PROXIES       | how many proxies of one's own stand in front, 0 to 5        | 0                              |
| LIANBAN_TOTP          | second factor: optional, required or off                    | optional                       |
| LIANBAN_TOTP_ROLES    | whom `required` concerns: duties, separated by commas       | everybody                      |
| LIANBAN_PASSWORD_LOG_IN | who may log in by password: all or admins                 | all                            |
| LIANBAN_…_FILE        | a file with the value, for each setting that is secret      | none                           |
| LIANBAN_OIDC_ISSUER   | single sign-on: the provider's issuer, https://…            | none: no single sign-on        |
| LIANBAN_OIDC_CLIENT_ID, LIANBAN_OIDC_CLIENT_SECRET | as whom the provider knows us  | needed with the issuer         |
| LIANBAN_OIDC_NAME     | what the button calls the provider, 统一认证|City ID | 统一身份认证|single sign-on    |
| LIANBAN_OIDC_CLAIM    | what names a log-in: sub, email or preferred_username       | sub                            |
| LIANBAN_RENDERERS     | processes that lay out long documents side by side, 0 to 8  | 2                              |
| LIANBAN_LOG           | the log on stderr: json, text, or quiet (warnings as text)  | json; commands: quiet          |
| LIANBAN_SLOW_MS       | statements as slow as this are logged, 0: none, to 600000   | 500                            |
| LIANBAN_METRICS_TOKEN | whoever bears it may read /metrics; 16 characters at least  | none: this machine alone       |
| LIANBAN_BACKUP_KEY    | files with keys of backups: the first seals, all open       | none: not sealed               |
| LIANBAN_BACKUP_HOURS  | how old the last backup may be, 1 to 8760; 0: not looked at | 26                             |
| LIANBAN_UPGRADE_LOCK_SECONDS | how long an upgrade waits for a table on PostgreSQL, 1 to 600 | 5              |
| LIANBAN_UPGRADE_STATEMENT_SECONDS | how long one of its statements may take, 0 (no limit) to 86400 | 3600     |
| LIANBAN_STATEMENT_SECONDS | how long any other statement may take on PostgreSQL, 0 (no limit) to 86400 | 300      |
| LIANBAN_FONT_TITLE, _FANG, _KAI, _HEI, _SONG | font files of papers: 小标宋, 仿宋, 楷体, 黑体, 宋体 | free ones  |
| LIANBAN_AUDIT_KEY     | a PEM file with the Ed25519 key that signs the log's heads  | made once into LIANBAN_VAR     |
| LIANBAN_FONT_RARE     | a font file for characters that the others lack             | LXGW WenKai where installed    |
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from app.core.backup.key import BackupKey, read_keys
from app.core.clock import SystemClock
from app.core.database import read_address
from app.core.front import check_ssl_mode, read_front
from app.core.mail import MailServer
from app.core.migration import Patience
from app.core.oidc import CLAIMS, Provider, is_safe_address
from app.core.replica import read_replica_url
from app.core.ring import AES, ALGORITHMS, RingError, RingFile, open_ring
from app.core.scanner import Scanner
from app.core.secret_file import read_secret_files
from app.core.setting import (
    SettingError,
    one_of,
    read_allow_list,
    read_audit_key,
    read_limit,
    read_mail_from,
    read_mail_server,
    read_metrics_token,
    read_pepper,
    read_secret_key,
    read_timezone,
    spoken,
    whole,
)
from app.core.store_choice import FOLDER, STORE_SETTINGS, StoreChoice
from app.core.watch.logs import STYLES, Style
from app.core.webhook import NOTHING_ALLOWED, AllowList
from reports.faces import ROLES, FaceError, find_files
from workflows.hours import Hours
from workflows.roles import Duty

ROOT = Path(__file__).resolve().parent
BASE_URL = "http://127.0.0.1:8000"
PRODUCT_ZH, PRODUCT_EN = "联办", "Lianban"
_OIDC = "LIANBAN_OIDC_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an installation may choose."""

    database_url: str
    secret_key: str
    timezone: ZoneInfo
    locale: str
    var: Path
    city_zh: str
    city_en: str
    hours: Hours
    https: bool
    replica_url: str = ""
    max_file_mb: int = 50
    store: StoreChoice = FOLDER
    #: Looks at every file that people send; None: nobody does.
    scanner: Scanner | None = None
    mail_server: MailServer | None = None
    mail_from: str = ""
    base_url: str = BASE_URL
    #: Hosts that a request may name; empty: any.
    hosts: tuple[str, ...] = ()
    webhook_allow: AllowList = NOTHING_ALLOWED
    #: As `limits` reads them; empty: no limit.
    rate_limit: str = "600/minute"
    log_in_limit: str = "20/minute"
    session_idle_minutes: int = 120
    session_hours: int = 12
    password_pepper: str = ""
    proxies: int = 0
    #: optional, required or off.
    totp: str = "optional"
    #: For whom `required` counts; empty: for everybody.
    totp_roles: frozenset[Duty] = frozenset()
    #: False: by password only administrators log in, everybody else by single sign-on.
    is_password_for_all: bool = True
    provider: Provider | None = None
    #: Render processes of each process of the product; 0: none.
    renderers: int = 2
    #: The private key that signs the log's heads; None: those in `var`.
    audit_key: Path | None = None
    #: None: as it fits the process, JSON for what serves, warnings alone for a command.
    log_style: Style | None = None
    slow_ms: int = 500
    metrics_token: str = ""
    #: The file of the data keys; empty: keys/data.json in `var`. New keys are of the algorithm.
    data_keys: str = ""
    data_cipher: str = AES
    #: {role: file}, the roles as `reports.faces.ROLES` has them.
    font_files: Mapping[str, Path] = field(default_factory=dict)

    #: The first seals backups, every one opens them; none: they lie in the open.
    backup_keys: tuple[BackupKey, ...] = ()
    #: How old the last backup may be; 0: nobody asks.
    backup_hours: int = 26
    #: How long an upgrade waits on PostgreSQL, and how long any other statement may take (0: no limit).
    patience: Patience = field(default_factory=Patience)
    statement_seconds: int = 300

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show, wherever it turns up."""
        mail, provider, store = self.mail_server, self.provider, self.store.key
        found = [self.secret_key, self.password_pepper, self.metrics_token]
        found += [unquote(urlsplit(url).password or "") for url in (self.database_url, self.replica_url)]
        found += [mail.password or ""] if mail else []
        found += [provider.client_secret] if provider else []
        found += [store.secret] if store else []
        return tuple(one for one in found if one)

    @property
    def own_words(self) -> tuple[str, ...]:
        """What the installation calls itself: no password is made of it."""
        return self.city_zh, self.city_en, PRODUCT_ZH, PRODUCT_EN

    def open_ring(self) -> RingFile:
        """Return the data keys, made at the first start; SettingError when they cannot be used."""
        try:
            return open_ring(self.data_keys, self.var, self.data_cipher, SystemClock().now())
        except RingError as error:
            raise SettingError(f"LIANBAN_DATA_KEYS: {error}") from error


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `env` (default: the process's environment); SettingError on a bad value."""
    source = spoken(read_secret_files, os.environ if env is None else env)
    var = Path(source.get("LIANBAN_VAR") or ROOT / "var").resolve()
    try:
        var.parent.mkdir(parents=True, exist_ok=True)
        var.mkdir(mode=0o700, exist_ok=True)  # what stands in it is for nobody else on the machine
    except OSError as error:
        raise SettingError(f"LIANBAN_VAR={str(var)!r}: cannot be made ({error.strerror})") from error
    city_zh, _, city_en = source.get("LIANBAN_CITY", "云州市|Yunzhou").partition("|")
    if not city_zh.strip():
        raise SettingError("LIANBAN_CITY: expected the city's name, e.g. 云州市|Yunzhou")
    given = source.get("LIANBAN_DATABASE_URL") or f"sqlite:///{var / 'lianban.sqlite3'}"
    database_url = spoken(read_address, given, "LIANBAN_DATABASE_URL")
    front = spoken(read_front, source, BASE_URL)
    spoken(check_ssl_mode, database_url)
    spoken(check_ssl_mode, source.get("LIANBAN_REPLICA_URL", ""), "LIANBAN_REPLICA_URL")
    return Settings(
        database_url=database_url,
        replica_url=spoken(read_replica_url, source.get("LIANBAN_REPLICA_URL", ""), database_url),
        secret_key=read_secret_key(source.get("LIANBAN_SECRET_KEY", ""), var),
        timezone=read_timezone(source.get("LIANBAN_TIMEZONE") or "Asia/Shanghai"),
        locale=one_of("LIANBAN_LOCALE", source.get("LIANBAN_LOCALE") or "zh", ("zh", "en")),
        var=var,
        city_zh=city_zh.strip(),
        city_en=city_en.strip() or city_zh.strip(),
        hours=_hours(source.get("LIANBAN_HOURS") or "09:00-17:30"),
        https=front.is_https,
        max_file_mb=whole(source, "LIANBAN_MAX_FILE_MB", 50, 1, 1024),
        store=spoken(StoreChoice.parse, *(source.get(name, "").strip() for name in STORE_SETTINGS)),
        scanner=_scanner(source),
        mail_server=(server := read_mail_server(source.get("LIANBAN_SMTP_URL", ""))),
        mail_from=read_mail_from(source.get("LIANBAN_MAIL_FROM", ""), is_needed=server is not None),
        base_url=front.base_url,
        hosts=front.hosts,
        rate_limit=read_limit("LIANBAN_RATE_LIMIT", source.get("LIANBAN_RATE_LIMIT") or "600/minute"),
        log_in_limit=read_limit("LIANBAN_LOG_IN_LIMIT", source.get("LIANBAN_LOG_IN_LIMIT") or "20/minute"),
        webhook_allow=read_allow_list(source.get("LIANBAN_WEBHOOK_ALLOW", "")),
        session_idle_minutes=whole(source, "LIANBAN_SESSION_IDLE_MINUTES", 120, 5, 1440),
        session_hours=whole(source, "LIANBAN_SESSION_HOURS", 12, 1, 168),
        password_pepper=read_pepper(source.get("LIANBAN_PASSWORD_PEPPER", "")),
        proxies=whole(source, "LIANBAN_PROXIES", 0, 0, 5),
        totp=one_of("LIANBAN_TOTP", source.get("LIANBAN_TOTP") or "optional", ("optional", "required", "off")),
        totp_roles=_duties(source.get("LIANBAN_TOTP_ROLES", "")),
        is_password_for_all=_is_password_for_all(source),
        provider=_provider(source),
        renderers=whole(source, "LIANBAN_RENDERERS", 2, 0, 8),
        log_style=_log_style(source.get("LIANBAN_LOG", "")),
        slow_ms=whole(source, "LIANBAN_SLOW_MS", 500, 0, 600_000),
        metrics_token=read_metrics_token(source.get("LIANBAN_METRICS_TOKEN", "")),
        data_keys=source.get("LIANBAN_DATA_KEYS", ""),
        data_cipher=one_of("LIANBAN_DATA_CIPHER", source.get("LIANBAN_DATA_CIPHER") or AES, ALGORITHMS),
        font_files=_font_files(source),
        audit_key=read_audit_key(source.get("LIANBAN_AUDIT_KEY", "")),
        backup_keys=spoken(read_keys, source.get("LIANBAN_BACKUP_KEY", "")),
        backup_hours=whole(source, "LIANBAN_BACKUP_HOURS", 26, 0, 8760),
        patience=_patience(source),
        statement_seconds=whole(source, "LIANBAN_STATEMENT_SECONDS", 300, 0, 86400),
    )


def _scanner(source: Mapping[str, str]) -> Scanner | None:
    away = source.get("LIANBAN_SCANNER_AWAY") or "refuse"
    return spoken(Scanner.parse, source.get("LIANBAN_SCANNER_URL", "").strip(), away)


def _hours(value: str) -> Hours:
    try:
        return Hours.parse(value)
    except ValueError as error:
        raise SettingError(f"LIANBAN_HOURS={value!r}: expected e.g. 09:00-12:00,13:30-17:30") from error


def _log_style(value: str) -> Style | None:
    if not value:
        return None
    chosen = one_of("LIANBAN_LOG", value, STYLES)
    return next(style for style in STYLES if style == chosen)


def _patience(source: Mapping[str, str]) -> Patience:
    name = "LIANBAN_UPGRADE_STATEMENT_SECONDS"
    return Patience(whole(source, "LIANBAN_UPGRADE_LOCK_SECONDS", 5, 1, 600), whole(source, name, 3600, 0, 86400))


def _font_files(source: Mapping[str, str]) -> dict[str, Path]:
    prefix = "LIANBAN_FONT_"
    try:
        return find_files({role: source.get(f"{prefix}{role}", "") for role in ROLES})
    except FaceError as error:
        raise SettingError(f"{prefix}{error}") from error


def _duties(value: str) -> frozenset[Duty]:
    known = {duty.value: duty for duty in Duty}
    names = [name.strip() for name in value.split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        raise SettingError(f"LIANBAN_TOTP_ROLES={unknown[0]!r}: expected {', '.join(known)}, separated by commas")
    return frozenset(known[name] for name in names)


def _is_password_for_all(source: Mapping[str, str]) -> bool:
    name = "LIANBAN_PASSWORD_LOG_IN"
    value = one_of(name, source.get(name) or "all", ("all", "admins"))
    if value == "admins" and not source.get(f"{_OIDC}ISSUER"):
        raise SettingError(f"{name}={value!r}: needs {_OIDC}ISSUER, or nobody else could log in")
    return value == "all"


def _provider(source: Mapping[str, str]) -> Provider | None:
    """Return the provider of single sign-on; what is missing beside the rest is named."""
    needed = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    given = {name: source.get(f"{_OIDC}{name}", "").strip() for name in (*needed, "NAME", "CLAIM")}
    if not any(given.values()):
        return None
    if missing := [f"{_OIDC}{name}" for name in needed if not given[name]]:
        raise SettingError(f"{', '.join(missing)}: needed for single sign-on, beside the other {_OIDC}… settings")
    if not is_safe_address(given["ISSUER"]) or urlsplit(given["ISSUER"]).query:
        raise SettingError(f"{_OIDC}ISSUER={given['ISSUER']!r}: expected the issuer's https:// address")
    return Provider(
        given["ISSUER"], given["CLIENT_ID"], given["CLIENT_SECRET"], given["NAME"] or "统一身份认证|single sign-on",
        one_of(f"{_OIDC}CLAIM", given["CLAIM"] or "sub", CLAIMS),
    )  # fmt: skip
