"""Refusals: what a person asked may not be, said in their language; nothing was changed.

Every refusal has a code that programs may rely on, an HTTP status and a sentence in Chinese and in
English. The table is here, in one place, so that both doors, the stations and the pages say the
same. A refusal is an answer, not a fault: it is never logged as an error.
"""

from __future__ import annotations

from typing import NamedTuple, Self

from hall_server.contract.messages.base import Refused


class Sentence(NamedTuple):
    """HTTP status and the sentence in both languages, with ``{placeholders}``."""

    status: int
    zh: str
    en: str


REFUSALS: dict[str, Sentence] = {
    # the message itself
    "malformed": Sentence(
        400, "消息格式不对：{detail}", "The message is not well formed: {detail}"
    ),
    "unknown_message": Sentence(404, "没有这种消息：{name}", "There is no message {name}"),
    "too_large": Sentence(413, "消息过大", "The message is too large"),
    "request_id_reused": Sentence(
        409,
        "同一请求编号已用于另一内容，请刷新后重试",
        "This request id was already used for something else; reload and try again",
    ),
    "too_many": Sentence(429, "操作过于频繁，请稍候再试", "Too many requests; wait a moment"),
    "busy": Sentence(503, "系统繁忙，请稍后再试", "The hall is busy; try again shortly"),
    "storage_full": Sentence(
        503,
        "服务器存储空间不足，暂时不能记录，请通知管理员",
        "The server's disk is full and nothing can be recorded; tell the administrator",
    ),
    "storage_blocked": Sentence(
        503, "数据库暂时无响应，请稍后再试", "The database does not answer; try again shortly"
    ),
    "stopping": Sentence(503, "系统正在重新启动，请稍候", "The hall is restarting; wait a moment"),
    "internal": Sentence(
        500,
        "系统内部错误（编号 {incident}），已记录，请联系管理员",
        "Internal fault (no. {incident}), recorded; tell the administrator",
    ),
    # who and may
    "not_signed_in": Sentence(401, "请先登录", "Sign in first"),
    "forbidden": Sentence(403, "您没有此项操作的权限", "You are not allowed to do this"),
    "wrong_password": Sentence(401, "账号或密码不正确", "Account or password is wrong"),
    "account_locked": Sentence(
        403,
        "密码错误次数过多，账号已锁定 {minutes} 分钟",
        "Too many wrong passwords; the account is locked for {minutes} minutes",
    ),
    "password_weak": Sentence(
        400,
        "密码至少 {length} 位，且须含字母、数字、符号中的两种以上，不得与账号相同",
        "A password needs {length} characters, two of letters, digits and signs, and must differ "
        "from the account",
    ),
    "must_change_password": Sentence(
        403, "请先修改一次性密码", "Change the one-time password first"
    ),
    "account_exists": Sentence(409, "账号 {account} 已存在", "Account {account} exists already"),
    "account_unknown": Sentence(404, "没有账号 {account}", "There is no account {account}"),
    "roles_exclude": Sentence(
        409,
        "系统管理员、安全管理员、审计员三种角色不得由同一人兼任",
        "System administrator, security administrator and auditor exclude each other",
    ),
    "separate_first": Sentence(
        409,
        "请先分别建立安全管理员和审计员账号",
        "First create the separate security and audit administrators",
    ),
    "last_of_role": Sentence(409, "至少保留一名{role}", "At least one {role} must remain"),
    "role_not_for_people": Sentence(
        400, "角色 {role} 不能授予人员", "Role {role} is not for people"
    ),
    "code_wrong": Sentence(403, "登记码不正确或已过期", "The enrolment code is wrong or expired"),
    "station_unknown": Sentence(
        403, "终端 {station} 未登记或已停用", "Station {station} is not enrolled or was revoked"
    ),
    "station_signature": Sentence(403, "终端签名不正确", "The station's signature does not verify"),
    "station_clock": Sentence(
        403,
        "终端时钟与大厅相差超过两分钟，请校时",
        "The station's clock is more than two minutes from the hall's; set it",
    ),
    "too_old": Sentence(
        426,
        "程序版本 {version} 过旧，大厅要求 {minimum} 以上，请更新",
        "Version {version} is too old; the hall wants {minimum} or later; update",
    ),
    # stations
    "device_unknown": Sentence(
        404, "本终端没有设备 {device}", "This station has no device {device}"
    ),
    "display_unknown": Sentence(404, "没有显示屏 {display}", "There is no display {display}"),
    "not_yet": Sentence(409, "台账中还没有第 {seq} 号记录", "The ledger has no event {seq} yet"),
    # the ledger
    "ledger_shorter": Sentence(
        503,
        "数据比已公布的台账短（{own} < {seen}），可能是旧备份；须由系统管理员确认后才能继续",
        "The data are shorter than a ledger already published ({own} < {seen}), perhaps an old "
        "backup; a system administrator must confirm before the hall goes on",
    ),
}


class Refusal(Exception):  # noqa: N818 - the house's word; it is an answer, not an error
    """A person asked what may not be: code, sentences, and where in the message it went wrong."""

    def __init__(self, code: str, *, field: str = "", **values: object) -> None:
        """``code`` is a key of REFUSALS; ``values`` fill the sentence's placeholders."""
        sentence = REFUSALS[code]
        self.code = code
        self.status = sentence.status
        self.refused = Refused(
            code=code,
            zh=sentence.zh.format(**values),
            en=sentence.en.format(**values),
            field=field,
        )
        super().__init__(self.refused.en)

    @classmethod
    def repeated(cls, refused: Refused) -> Self:
        """A refusal in the words it was first given, here or by another program.

        That program may be newer and have codes that our table does not.
        """
        refusal = cls.__new__(cls)
        Exception.__init__(refusal, refused.en)
        sentence = REFUSALS.get(refused.code)
        refusal.code = refused.code
        refusal.status = sentence.status if sentence else 400
        refusal.refused = refused
        return refusal
