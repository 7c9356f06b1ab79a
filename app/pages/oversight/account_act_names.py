"""Acts on accounts, sessions and data keys in words, as the log shows them."""

from workflows.words import Text

ACCOUNT_ACTS: dict[str, Text] = {
    "log_in": Text("登录", "log-in"),
    "end_sessions": Text("退出其他设备", "other sessions ended"),
    "set_password": Text("重设密码", "password set"),
    "unlock_person": Text("解除登录暂停", "pause of log-in ended"),
    "second_factor.on": Text("启用两步验证", "second factor switched on"),
    "second_factor.off": Text("停用两步验证", "second factor switched off"),
    "second_factor.reset": Text("重置两步验证", "second factor reset"),
    "second_factor.codes": Text("更换恢复码", "recovery codes renewed"),
    "identity.link": Text("关联统一身份", "outside identity linked"),
    "identity.unlink": Text("取消关联统一身份", "outside identity unlinked"),
    "issue_token": Text("签发令牌", "token issued"),
    "revoke_token": Text("撤销令牌", "token revoked"),
    "set_preferences": Text("修改个人设置", "preferences changed"),
    "save_view": Text("保存视图", "view saved"),
    "delete_view": Text("删除视图", "view deleted"),
    "feed.make": Text("建立日历订阅", "calendar feed made"),
    "feed.revoke": Text("撤销日历订阅", "calendar feed revoked"),
    "session.end": Text("退出一处登录", "one session ended"),
    "access.end": Text("由管理员结束登录或令牌", "session, token or feed ended by an administrator"),
    "keys.rotate": Text("更换数据密钥", "data key rotated"),
}
ACCOUNT_PLACES: dict[str, Text] = {"person_access": Text("他人的登录和令牌", "somebody's sessions and tokens")}
ACCOUNT_SUBJECTS: dict[str, Text] = {
    "data_key": Text("数据密钥", "data key"),
}
