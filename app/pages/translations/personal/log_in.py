"""English of the second factor, single sign-on, and how administrators look after accounts."""

ACCOUNTS: dict[str, str] = {
    # Log-in
    "用%(name)s登录": "Log in with %(name)s",
    "系统管理员可用密码登录": "Administrators may use a password",
    "或": "or",
    "登录已超时，请重新登录。": "The log-in took too long; please begin again.",
    "输入验证码": "Enter the code",
    "此账号已启用两步验证。请打开手机上的验证器应用，输入当前的6位数字。": (
        "This account has a second factor. Open the authenticator app on your telephone and enter its six digits."
    ),
    "验证码": "Code",
    "手机不在身边时，可填一个恢复码，每个只能用一次。": (
        "Without your telephone, enter one of your recovery codes; each works once."
    ),
    "换个账号登录": "Use another account",
    # Setting up
    "两步验证": "Second factor",
    "启用两步验证": "Switch on the second factor",
    "本系统要求登录时除密码外再输入手机上的验证码。只需设置一次，完成后即登录。": (
        "Here a log-in needs a code from your telephone besides the password. Set it up once, and you are logged in."
    ),
    "在手机上安装验证器应用，支持TOTP的均可。": "Install an authenticator app on your telephone; any for TOTP will do.",
    "用应用扫描二维码：": "Scan this QR code with the app:",
    "二维码，内容与下面的密钥相同": "QR code; it holds the same key as the text below",
    "不能扫描时，手工输入密钥：": "If you cannot scan it, type in the key:",
    "本机已装验证器应用时，点此直接添加": "Add it to an authenticator app on this device",
    "输入应用显示的6位数字，完成启用。": "Enter the six digits that the app shows.",
    "启用并登录": "Switch on and log in",
    "恢复码": "Recovery codes",
    "请打印或抄下这些恢复码，放在安全的地方。手机丢失时，每个可代替验证码登录一次。离开本页后不再显示。": (
        "Print these codes or write them down, and keep them safe. If you lose your telephone, each stands in for a"
        " code once. They are not shown again after this page."
    ),
    "已保存，进入系统": "I have kept them; go on",
    "已保存": "I have kept them",
    "登录时除密码外，再输入手机验证器上的6位数字：只知道密码的人登录不了。": (
        "A log-in then asks for six digits from your telephone as well: the password alone opens nothing."
    ),
    "已启用": "On",
    "启用时间": "On since",
    "剩余恢复码": "Recovery codes left",
    "更换恢复码": "Renew the recovery codes",
    "原来的全部作废": "the old ones stop working",
    "生成新的恢复码": "Make new recovery codes",
    "停用两步验证": "Switch it off",
    "更换手机时，先停用，再用新手机启用。": (
        "For a new telephone, switch it off here, then on again with the new one."
    ),
    "没有手机时，可填恢复码。": "Without your telephone, enter a recovery code.",
    "启用": "Switch on",
    "换一个密钥": "Use another key",
    "目前未启用。需要一部装有验证器应用的手机，约一分钟。": (
        "It is off. All it takes is a telephone with an authenticator app, and a minute."
    ),
    "开始设置": "Set it up",
    "两步验证已启用。": "The second factor is on.",
    "两步验证已停用。": "The second factor is off.",
    "恢复码已更换，原来的全部作废。": "Here are new recovery codes; the old ones no longer work.",
    # For administrators
    "新增人员": "New person",
    "新增人员…": "New person…",
    "已新增人员": "Person added",
    "新设部门": "New department",
    "新设部门…": "New department…",
    "不含空格，全市唯一，以后不能改。": "Without blanks, unique in the city; it cannot be changed later.",
    "电子邮箱": "E-mail",
    "新增并生成临时密码": "Add, with a temporary password",
    "部门代码": "Code",
    "如TRA；全市唯一，更名不变。": "Such as TRA: unique in the city, the same through every renaming.",
    "上级部门": "Above it",
    "无（直属）": "None: on top",
    "自何日起设立": "From which day",
    "新设": "Add",
    "已新设部门。": "The department is added.",
    "部门已撤销。": "The department is closed.",
    "岗位已撤销。": "The post is closed.",
    "撤销岗位": "Close the post",
    "撤销部门": "Close the department",
    "须先没有在办事项、岗位和下属单位；有承接单位的，请用合并。": (
        "Only without open items, posts and departments below. If another one takes over, merge instead."
    ),
    "自何日起任职": "From which day",
    "生成后现有密码作废，已登录的设备全部退出，令牌和日历订阅停用。": (
        "The present password stops working; every session, token and calendar feed ends."
    ),
    "登录方式": "How they log in",
    "已设置": "Set",
    "未设置": "Not set",
    "登录状态": "Log-in",
    "暂停至%(time)s": "paused until %(time)s",
    "正常": "Open",
    "解除暂停": "End the pause",
    "清除错误次数": "Forget the failures",
    "未启用": "Off",
    "%(time)s启用": "On since %(time)s",
    "重置原因（将告知本人）": "Reason for a reset; they are told",
    "重置": "Reset",
    "单点登录身份": "Single sign-on",
    "最近登录%(time)s": "last log-in %(time)s",
    "尚未登录过": "not used yet",
    "未关联": "Not linked",
    "建立关联": "Link",
    "取消关联": "Unlink",
    "身份标识（sub）": "Identity (sub)",
    "本人单点登录被拒时，页面会显示这个标识。": "The log-in shows it to them when single sign-on is refused.",
    "已解除暂停，现在即可登录。": "The pause is over; they can log in now.",
    "两步验证已重置，已通知本人。": "The second factor is reset; they were told.",
    "已关联，已通知本人。": "Linked; they were told.",
    "已取消关联，已通知本人。": "Unlinked; they were told.",
}

ACCOUNTS_COUNTS: dict[str, tuple[str, str]] = {
    "%(num)s个": ("%(num)s", "%(num)s"),
    "剩余恢复码%(num)s个": ("%(num)s recovery code left", "%(num)s recovery codes left"),
    "正常，连续错误%(num)s次": ("Open, %(num)s failure in a row", "Open, %(num)s failures in a row"),
}
