"""Acts on the log's seal in words, as the log shows them."""

from workflows.words import Text

SEAL_ACTS: dict[str, Text] = {
    "audit_key.begin": Text("启用日志签名密钥", "first key of the log's seal made"),
    "audit_key.turn": Text("更换日志签名密钥", "key of the log's seal changed"),
    "export_audit": Text("导出封存日志", "sealed log exported"),
    "export_audit_heads": Text("导出日志树头", "heads of the log exported"),
    "read_audit_heads": Text("查看日志树头", "heads of the log read"),
    "export_audit_proof": Text("出具日志存在证明", "proof of an entry made"),
    "audit_heads.put_aside": Text("恢复备份后另存日志树头", "kept heads put aside after a restore"),
}
SEAL_PLACES: dict[str, Text] = {"seal": Text("日志封存", "seal of the log")}
SEAL_SUBJECTS: dict[str, Text] = {
    "audit": Text("日志记录", "entry of the log"),
    "audit_head": Text("日志树头", "head of the log"),
    "audit_key": Text("日志签名密钥", "key of the log's seal"),
}
