"""English of drafts, sessions and passwords."""

ACCOUNT: dict[str, str] = {
    # Drafts
    "草稿": "Drafts",
    "没有草稿": "No drafts",
    "保存时间": "Saved",
    "填写中途自动保存，只有本人能看，提交后删除，30天未动的自动清除。": (
        "Saved while you type; only you see them. Sending the form deletes its draft, so does a month untouched."
    ),
    "弃用": "Discard",
    "弃用草稿：%(title)s": "Discard the draft of %(title)s",
    "恢复草稿": "Restore draft",
    "您有一份%(time)s保存的草稿。": "You have a draft, saved %(time)s.",
    "已恢复%(time)s保存的草稿，尚未提交。": "This is the draft saved %(time)s; it has not been sent.",
    "草稿依据第%(then)s版，现在是第%(now)s版。": "It was begun on version %(then)s; the present one is %(now)s.",
    "此后内容没有变化。": "Nothing has changed since then.",
    "草稿已于%(time)s保存": "Draft saved %(time)s",
    "暂时无法保存草稿，正在重试；请勿关闭本页": "The draft cannot be saved now; trying again. Keep this page open",
    "现在登录的是%(name)s，草稿没有保存。": "%(name)s is logged in now; the draft was not saved.",
    "现在登录的是%(name)s，本页不能再提交。": "%(name)s is logged in now; this page can no longer be sent.",
    "登录已失效，填写的内容还在。请在新窗口登录，然后回到这里继续。": (
        "You are logged out; what you typed is still here. Log in in a new window, then go on here."
    ),
    "在新窗口登录": "Log in in a new window",
    "此事项已由%(who)s于%(when)s修改。": "%(who)s changed this item on %(when)s.",
    "此事项已被修改。": "This item was changed.",
    "此来文登记已被他人更正。": "Somebody corrected this document meanwhile.",
    "您已无权查看此事项，或此事项已不存在。": "This item is gone, or no longer for you to see.",
    "原密码即刻失效，其登录、令牌和订阅一并结束。": (
        "The present password ends at once, with the person's sessions, tokens and feeds."
    ),
    "确定生成": "Make it now",
    "已登录": "Logged in",
    "请关闭本窗口，回到原来的页面继续填写。": "Close this window and go on in the one you came from.",
    "事项办理": "Step on an item",
    # Beside each other
    "对照": "Side by side",
    "项目栏": "Field",
    "您填写的": "What you typed",
    "现在的": "How it stands now",
    # Log-in
    "登录已失效，请重新登录。": "Your session has expired; please log in again.",
    "登录已失效，刚才的内容没有提交，已存为草稿，登录后可恢复。": (
        "Your session has expired. What you sent was not taken but kept as a draft; log in to restore it."
    ),
    "您已退出登录，刚才的内容没有提交。登录后回到原来的表单，可恢复自动保存的草稿。": (
        "You are logged out, so nothing was sent. Log in to return to the form and restore the draft that was saved."
    ),
    # Passwords
    "密码已修改，其他登录均已退出，令牌和日历订阅均已停用。": (
        "Password changed. Every other session is logged out; your tokens and calendar feeds are revoked."
    ),
    "同时停用本人全部接口令牌和日历订阅": "Revoke all my API tokens and calendar feeds as well",
    "怀疑密码泄露时请勾选：持有令牌或订阅地址的人不需要密码。": (
        "Leave this ticked if somebody may know your password: whoever has a token or a feed's address needs none."
    ),
    "此人原有的登录、接口令牌和日历订阅均已停用。": "Their earlier sessions, API tokens and calendar feeds have ended.",
    # Sessions
    "登录的设备": "Where you are logged in",
    "%(minutes)s分钟没有操作，或登录满%(hours)s小时，登录自动失效。": (
        "A session ends after %(minutes)s minutes without use, and %(hours)s hours after log-in."
    ),
    "浏览器": "Browser",
    "本机": "This one",
    "网络地址%(address)s": "From %(address)s",
    "%(at)s登录": "logged in %(at)s",
    "%(at)s最近操作": "last used %(at)s",
    "退出这一处": "Log out there",
    "退出“%(name)s”": "Log out of %(name)s",
    "已退出该处登录。": "Logged out there.",
    "管理令牌": "Manage tokens",
    "没有令牌": "No tokens",
    "管理订阅": "Manage feeds",
    "没有日历订阅": "No calendar feeds",
    "登录和令牌…": "Sessions and tokens…",
    "登录和令牌": "Sessions and tokens",
    "%(name)s：登录和令牌": "%(name)s: sessions and tokens",
    "选择要结束的一处": "Choose what is to end",
    "浏览器：%(name)s": "Browser: %(name)s",
    "接口令牌：%(name)s": "Token: %(name)s",
    "日历订阅：%(name)s": "Calendar feed: %(name)s",
    "以上全部": "All of these",
    "本人须重新登录，程序和日历须重新设置。": "They log in again; programs and calendars are set up anew.",
    "此人没有登录，也没有令牌和日历订阅。": "They are logged in nowhere and have no tokens or feeds.",
    "原因（记入日志）": "Reason (stands in the log)",
    "已结束，原因已记入日志。": "Ended; the reason stands in the log.",
    "退出其他设备": "Log out everywhere else",
    "%(system)s上的%(browser)s": "%(browser)s on %(system)s",
    # Passwords
    "修改密码": "Change password",
    "修改后，其他设备上的登录全部退出。": "Changing it logs you out everywhere else.",
    "原密码": "Present password",
    "新密码": "New password",
    "再输一次新密码": "New password again",
    "至少%(count)s个字符，不限种类；不能是常见密码，不能只是登录名、姓名或系统名，不能与原密码相同。": (
        "At least %(count)s characters of any kind; not a common password, not just a name, not the present one."
    ),
    "密码已修改，其他登录均已退出。": "The password is changed; all other sessions have ended.",
    "设置临时密码": "Set a temporary password",
    "生成临时密码": "Make a temporary password",
    "临时密码（只显示这一次）：%(text)s": "Temporary password, shown only this once: %(text)s",
    "请当面或电话告知本人。%(hours)s小时内首次登录有效，登录后须先修改密码。": (
        "Pass it on in person or by telephone. It is good for a first log-in within %(hours)s hours, at which it"
        " must be changed."
    ),
    "登录所用的密码是他人设置的，请先改成只有您知道的密码，再使用系统。": (
        "Somebody else set the password that you logged in with. Change it to one that only you know, then go on."
    ),
}

ACCOUNT_COUNTS: dict[str, tuple[str, str]] = {
    "已退出其他%(num)s处登录。": ("Logged out in %(num)s other place.", "Logged out in %(num)s other places."),
}
