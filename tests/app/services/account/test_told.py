"""What people are told about their own account: what happened, why, and what to do if they know nothing of it."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.services.message.choosing import KINDS, find_kind
from app.services.message.topics import TOPICS, describe, find_topic

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("topic", "payload", "zh", "en"),
    [
        ("account.factor_reset", {"reason": "手机丢失"}, "原因：手机丢失", "reason: 手机丢失"),
        ("account.recovery_used", {"left": 9}, "还剩9个", "9 left"),
        ("account.identity_linked", {"issuer": "https://id.example"}, "（https://id.example）", "(https://id.example)"),
        ("account.factor_on", {}, "两步验证已启用", "switched on"),
    ],
)
def test_what_is_told(topic: str, payload: dict[str, Any], zh: str, en: str) -> None:
    """In both languages, with whom to call."""
    said = describe(topic, payload, ZONE)
    assert zh in said.zh
    assert en in said.en
    assert said.zh.endswith("请立即联系系统管理员")
    assert said.en.endswith("call an administrator at once")


def test_nobody_can_switch_it_off() -> None:
    """It comes at once, to its person alone: no webhook hears of it, no choice of mail silences it."""
    topics = [topic for topic in TOPICS if topic.startswith("account.")]
    assert len(topics) == 6
    assert all(find_topic(topic).is_critical and find_topic(topic).is_personal for topic in topics)
    assert {find_kind(topic, None) for topic in topics} == {"account"}
    assert next(kind for kind in KINDS if kind.name == "account").is_fixed
