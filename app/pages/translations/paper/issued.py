"""English texts of issued papers and the page that checks one, by their Chinese source."""

PAPERWORK: dict[str, str] = {
    "签发文件": "Issued papers",
    "文件核验": "Check a paper",
    "核验文件": "Check a paper",
    "核验": "Check",
    "真件，现行有效": "Genuine and in force",
    "这份文件由本系统签发，没有被更正。": "The paper was issued here and nothing has replaced it.",
    "真件，已被新版取代": "Genuine, but replaced",
    "真件，已作废": "Genuine, but void",
    "这份文件由本系统签发，后经撤销、退回、取消或者冲销，不再有效。": (
        "It was issued by this system and has since been withdrawn, returned, cancelled or reversed: it holds no more."
    ),
    "现行的是第%(n)s版，%(day)s签发，请以新版为准。": (
        "Version %(n)s, issued %(day)s, is in force; please use that one."
    ),
    "查看现行版本": "See the version in force",
    "查无此件": "Not known",
    "该文件不是本系统签发的，或者内容被改动过。": "The file was not issued here, or it has been changed.",
    "没有这个验证码。请核对纸面上的20位字母和数字，其中没有I、L、O、U。": (
        "There is no such code. Compare the 20 letters and digits on the paper; none of them is I, L, O or U."
    ),
    "您提供的文件与签发的一致：%(name)s。": "Your file is the one that was issued: %(name)s.",
    "您提供的文件是另一份签发文件，不是这一份。": "Your file was issued too, but it is another paper.",
    "您提供的文件与签发的不一致：内容被改动过，或者另存、转换过。": (
        "Your file differs from what was issued: it was changed, saved anew or converted."
    ),
    "文号": "Number",
    "版次": "Version",
    "签发日期": "Issued on",
    "签发单位": "Issued by",
    "这份文件限定范围，只显示类别、文号和日期。": "The paper is restricted: only its kind, number and date are shown.",
    "各文件的SHA-256校验值": "SHA-256 of each file",
    "请输入验证码，或选择文件。": "Type the code, or choose a file.",
    "文件过大，最多%(n)sMB。": "The file is too large: at most %(n)s MB.",
    "文件末尾二维码旁的20位字母和数字，空格和大小写不限": (
        "20 letters and digits beside the QR code at the end of the paper; spaces and case do not matter"
    ),
    "电子文件（可选）": "The file (optional)",
    "可拖到此处，最多%(n)sMB；只比对校验值，不保存": (
        "Drop it here, at most %(n)s MB; only its hash is compared, nothing is kept"
    ),
    "签发后定版存档，可凭验证码核验，最近签发的在前": (
        "Frozen when issued, to be checked by their code; the last issued first"
    ),
    "文件类别": "Kind of paper",
    "签发年度": "Year of issue",
    "已有新版取代": "Replaced by a later version",
    "没有符合筛选的签发文件": "No issued paper matches the filter",
    "还没有您可以查看的签发文件": "There is no issued paper for you to see yet",
    "签发全市文件": "Issue a paper of the city",
    "以协调办可见的数据生成中英文各种格式，编号并定版；签发后只能更正，不能收回": (
        "Made of what the office reads, in both languages and every format, numbered and frozen; it can be corrected "
        "afterwards, never taken back"
    ),
    "期间": "Period",
    "月份如2026-10，年度如2026": "A month such as 2026-10, a year such as 2026",
    "%(day)s签发": "issued %(day)s",
    "查看事项": "See the item",
    "签发时的原件，逐字节不变": "As issued, byte for byte",
    "SHA-256校验值": "SHA-256",
    "这份文件含您无权查看的事项。请从事项页面打印摘录。": (
        "The paper tells of items that are not for you to see. Print an extract from the item's page."
    ),
    "各版": "Versions",
    "签发人": "Issued by",
    "按现有数据重新生成，成为新版，原版保留并注明已被取代": (
        "Made anew of the present data as a new version; the old one stays and is marked as replaced"
    ),
    "签发更正版": "Issue the correction",
    "存证信息": "Proof",
    "文件": "Paper",
    "数据截至": "Data as of",
    "大小": "Size",
    "存档时间": "Frozen at",
    "版式": "Form",
}
