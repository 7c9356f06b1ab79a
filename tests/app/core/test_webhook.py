"""P99 and its kind: which addresses may be called."""

import pytest

from app.core.webhook import (
    INSIDE,
    NO_ADDRESS,
    NO_USER,
    ODD_HOST,
    UNKNOWN_HOST,
    AllowList,
    TargetError,
    find_target,
    sign,
)

NOTHING = AllowList()
PUBLIC = {"hooks.example.org": ["93.184.216.34"], "six.example.org": ["2606:2800:220:1:248:1893:25c8:1946"]}
NAMES = {
    **PUBLIC, "localhost": ["127.0.0.1"], "rebind.example.org": ["93.184.216.34", "10.0.0.1"],
    "mapped.example.org": ["::ffff:10.0.0.1"], "inside.example": ["10.1.2.3"], "nothing.example.org": [],
}  # fmt: skip


def resolve(host: str, _: int) -> list[str]:
    """Stand in for the name service."""
    if host not in NAMES:
        raise OSError(host)
    return NAMES[host]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1", INSIDE), ("http://169.254.169.254/", INSIDE), ("http://[::ffff:10.0.0.1]/", INSIDE),
        ("http://0x7f000001/", ODD_HOST), ("http://2130706433/", ODD_HOST), ("file:///etc/passwd", NO_ADDRESS),
        ("http://0177.0.0.1/", ODD_HOST), ("http://127.1/", ODD_HOST), ("http://0/", ODD_HOST),
        ("http://0x7f.0.0.1/", ODD_HOST), ("http://1.2.3.0x4/", ODD_HOST), ("http://127.0.0.1./", INSIDE),
        ("http://0.0.0.0/", INSIDE), ("http://[::]/", INSIDE), ("http://[::1]/", INSIDE), ("http://[fe80::1]/", INSIDE),
        ("http://[fe80::1%25eth0]/", ODD_HOST), ("http://[fc00::1]/", INSIDE), ("http://[ff02::1]/", INSIDE),
        ("http://[64:ff9b::a00:1]/", INSIDE), ("http://[2002:a00:1::]/", INSIDE), ("http://[::127.0.0.1]/", INSIDE),
        ("http://10.0.0.1/", INSIDE), ("http://172.16.0.1/", INSIDE), ("http://192.168.1.1/", INSIDE),
        ("http://100.64.0.1/", INSIDE), ("http://224.0.0.1/", INSIDE), ("http://255.255.255.255/", INSIDE),
        ("http://[fec0::1]/", INSIDE),
        ("http://localhost:8000/", INSIDE), ("http://rebind.example.org/", INSIDE), ("http://LOCALHOST/", INSIDE),
        ("http://mapped.example.org/", INSIDE), ("http://missing.example.org/", UNKNOWN_HOST),
        ("http://nothing.example.org/", UNKNOWN_HOST), ("http://user@hooks.example.org/", NO_USER),
        ("http://hooks.example.org@127.0.0.1/", NO_USER), ("gopher://hooks.example.org/", NO_ADDRESS),
        ("//hooks.example.org/", NO_ADDRESS), ("http:///in", NO_ADDRESS), ("http://hooks.example.org:0/", NO_ADDRESS),
        ("http://hooks.example.org:99999/", NO_ADDRESS), ("http://hooks.example.org/a b", NO_ADDRESS),
        ("http://hooks.example.org\\@127.0.0.1/", NO_ADDRESS), ("http://hooks.example.org/\n", NO_ADDRESS),
        ("http://１２７.0.0.1/", NO_ADDRESS), ("http://-a.example.org/", ODD_HOST), ("", NO_ADDRESS),
        ("http://[::1/", NO_ADDRESS), ("http://hooks.example.org/" + "a" * 500, NO_ADDRESS),
    ],
)  # fmt: skip
def test_p99_what_leads_inside_is_refused(url: str, why: object) -> None:
    """P99: loopback, private, link-local, multicast, mapped, decimal, hexadecimal, octal; each with its sentence."""
    with pytest.raises(TargetError) as refused:
        find_target(url, NOTHING, resolve)
    assert refused.value.sentence == why


def test_p99_a_call_goes_to_the_address_that_was_looked_at() -> None:
    """The name is resolved once: the target names address, host and port."""
    target = find_target("https://hooks.example.org/in?a=1", NOTHING, resolve)
    assert (target.address, target.host, target.port, target.path) == (
        "93.184.216.34",
        "hooks.example.org",
        443,
        "/in?a=1",
    )
    assert (target.host_header, find_target("http://hooks.example.org:81", NOTHING, resolve).host_header) == (
        "hooks.example.org",
        "hooks.example.org:81",
    )
    assert find_target("http://six.example.org/", NOTHING, resolve).port == 80
    assert find_target("http://[2606:2800:220:1::1]/", NOTHING, resolve).host_header == "[2606:2800:220:1::1]"


def test_p99_an_allow_list_names_hosts_and_networks() -> None:
    """LIANBAN_WEBHOOK_ALLOW: a host by name, an address, a network; nothing beside them."""
    allow = AllowList.parse("Inside.example, 10.9.0.0/16,127.0.0.1, ::1")
    assert find_target("http://inside.example/", allow, resolve).address == "10.1.2.3"
    assert find_target("http://10.9.1.1/", allow, resolve).address == "10.9.1.1"
    assert find_target("http://[::1]/", allow, resolve).address == "::1"
    for url in ("http://10.1.2.3/", "http://127.0.0.2/", "http://mapped.example.org/"):
        with pytest.raises(TargetError):
            find_target(url, allow, resolve)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "a b", "http://a.example", "2130706433x!", "10.0.0.300"])
def test_a_bad_allow_list_is_refused(text: str) -> None:
    """The part that is no host and no network is named."""
    with pytest.raises(ValueError, match=r".+"):
        AllowList.parse(text)


def test_the_signature_is_hmac_over_timestamp_and_body() -> None:
    """A known value, so that receivers' examples stay right."""
    known = "54a4bd2b43a8a1c7e2fbd21827238d16d6dfb476cb07739019f2ac045c5c2aaf"
    assert sign("secret", 1772416800, '{"a":1}') == known
    assert sign("secret", 1, "") != sign("secret", 2, "")
