"""Refusals: what a person asked may not be, said in their language; nothing was changed.

Every refusal has a code that programs may rely on, an HTTP status and a sentence in Chinese and in
English. The table is here, in one place, so that both doors, the stations and the pages say the
same. A refusal is an answer, not a fault: it is never logged as an error.
"""

from __future__ import annotations

from typing import Self

from hall_server.contract.messages.base import Refused
from hall_server.contract.refusals_supervision import SUPERVISION
from hall_server.contract.sentence import Sentence

REFUSALS: dict[str, Sentence] = {
    **SUPERVISION,
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
    "websocket_only": Sentence(
        400, "此地址只接受 WebSocket 连接", "Only WebSocket connections are taken here"
    ),
    "only_http": Sentence(400, "{name} 只能通过 HTTP 发送", "{name} is taken by HTTP only"),
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
        "密码至少 {length} 位，须含字母、数字、符号中的两种以上，不得含账号，不得与原密码相同",
        "A password needs {length} characters, two of letters, digits and signs, without the "
        "account's name and unlike the old password",
    ),
    "must_change_password": Sentence(
        403, "请先修改一次性密码", "Change the one-time password first"
    ),
    "account_exists": Sentence(409, "账号 {account} 已存在", "Account {account} exists already"),
    "own_account": Sentence(
        409,
        "不能更改自己的账号，请由另一名安全管理员更改",
        "Have somebody else change your account",
    ),
    "account_unknown": Sentence(404, "没有账号 {account}", "There is no account {account}"),
    "account_disabled": Sentence(409, "账号 {account} 已停用", "Account {account} is disabled"),
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
    "pad_without_window": Sentence(
        409, "设备 {device} 未指定窗口", "Device {device} stands at no window"
    ),
    "nobody_at_window": Sentence(409, "窗口现在没有叫到的号", "Nobody is called to this window"),
    "rating_nobody": Sentence(409, "目前没有可评价的服务", "There is no service to rate just now"),
    "rating_early": Sentence(
        409, "请在办结后评价", "Please rate when the service has been finished"
    ),
    "rating_given": Sentence(409, "您已评价，谢谢", "You have rated already, thank you"),
    "not_yet": Sentence(409, "台账中还没有第 {seq} 号记录", "The ledger has no event {seq} yet"),
    # the facts of the hall
    "fact_kind_unknown": Sentence(
        404, "没有 {kind} 这一类内容", "There is no kind of fact called {kind}"
    ),
    "fact_unknown": Sentence(404, "{kind} 中没有 {id}", "There is no {id} among {kind}"),
    "fact_faulty": Sentence(409, "{zh}（共 {count} 处不符）", "{en} ({count} faults in all)"),
    "fact_named": Sentence(
        409,
        "不能删除：还有 {count} 处在使用它（{users}）",
        "It cannot be removed: {count} others name it ({users})",
    ),
    "fact_in_use": Sentence(
        409,
        "今天还有号票、窗口或预约正在使用 {id}，请在下班后再改",
        "Tickets, windows or appointments of today are using {id}; change this after closing",
    ),
    "fact_needed": Sentence(
        409, "大厅必须有 {kind}，不能删除", "Every hall needs its {kind}; it cannot be removed"
    ),
    "facts_changed": Sentence(
        409,
        "其他管理员刚刚修改了内容，请先载入最新内容",
        "Another administrator has just changed the facts; load them again first",
    ),
    "picture_unreadable": Sentence(
        415, "只接受 JPEG 或 PNG 图片", "Only JPEG or PNG pictures are taken"
    ),
    "picture_large": Sentence(
        413,
        "图片尺寸过大（{width}×{height}），请缩小后再上传",
        "The picture is too large ({width} by {height}); make it smaller first",
    ),
    # the ledger
    "epoch_needless": Sentence(
        409, "台账完好，不需要开始新时期", "The ledger is whole; no new epoch is needed"
    ),
    "event_unknown": Sentence(404, "台账中没有第 {seq} 条", "The ledger has no event {seq}"),
    "checkpoint_awaited": Sentence(
        409,
        "这条记录尚无签署的检查点，请一分钟后再试",
        "No signed checkpoint covers this yet; try again in a minute",
    ),
    "checkpoint_foreign": Sentence(
        400, "这不是本大厅签署的检查点", "This is no checkpoint signed by this hall"
    ),
    "receipt_malformed": Sentence(400, "这不是号票上的回执", "This is no receipt from a ticket"),
    "ledger_shorter": Sentence(
        503,
        "数据比已公布的台账短（{own} < {seen}），可能是旧备份；须由系统管理员确认后才能继续",
        "The data are shorter than a ledger already published ({own} < {seen}), perhaps an old "
        "backup; a system administrator must confirm before the hall goes on",
    ),
    # legs of queueing and what is done to them
    "wrong_state": Sentence(
        409, "该号{state}，不能{act}", "This number is {state_en} and cannot be {act_en}"
    ),
    "leg_changed": Sentence(
        409, "该号状态刚刚变化，请按最新状态操作", "This number has just changed; look again"
    ),
    "leg_unknown": Sentence(404, "没有这个号", "There is no such number"),
    "recall_limit": Sentence(
        409, "已重呼 {limit} 次，不能再重呼", "Already called again {limit} times"
    ),
    "recall_too_soon": Sentence(
        409, "刚刚呼叫过，请 {seconds} 秒后再重呼", "Just called; call again in {seconds} s"
    ),
    "miss_calls": Sentence(
        409,
        "须呼叫满 {calls} 次才能过号（已呼叫 {called} 次）",
        "A no-show needs {calls} calls; {called} so far",
    ),
    "miss_too_soon": Sentence(
        409,
        "请给办事人留出到窗时间，{seconds} 秒后方可过号",
        "Give the citizen time to come; {seconds} s before this can be a no-show",
    ),
    "other_day": Sentence(409, "该号不是当前服务日的号", "This number is of another service day"),
    "bring_back_limit": Sentence(
        409, "过号恢复已达 {limit} 次，请重新取号", "Brought back {limit} times; take a new number"
    ),
    "hold_limit": Sentence(
        409,
        "本窗口挂起已达 {limit} 个，请先恢复一个",
        "This window holds {limit} already; resume one first",
    ),
    "hold_too_long": Sentence(
        409,
        "该号累计挂起已超过 {minutes} 分钟，请办结、转移或退回队列",
        "On hold for {minutes} minutes in all; finish it, transfer it or send it back",
    ),
    "move_back_limit": Sentence(
        409, "该号延后已达 {limit} 次", "This number was moved back {limit} times already"
    ),
    "visit_elsewhere": Sentence(
        409,
        "该办事人正在{window}号窗口，请待其办完",
        "This citizen is at window {window}; wait until they are done there",
    ),
    "nothing_to_cancel": Sentence(
        409, "该票没有等候中或已呼叫的事项", "Nothing of this ticket is waiting or called"
    ),
    "transfer_target": Sentence(
        400,
        "请选择一个转移去向：队列、窗口或人员",
        "Name one target: a queue, a window or a person",
    ),
    "transfer_to_self": Sentence(
        409, "不能转移给当前窗口自己", "A citizen cannot be transferred to the very same window"
    ),
    # windows of queueing
    "window_unknown": Sentence(404, "没有窗口 {window}", "There is no window {window}"),
    "window_closed": Sentence(409, "窗口未上岗，请先上岗", "The window is closed; open it first"),
    "window_paused": Sentence(
        409, "窗口暂停中，请先恢复服务", "The window is paused; resume it first"
    ),
    "window_not_paused": Sentence(409, "窗口没有暂停", "The window is not paused"),
    "window_taken": Sentence(409, "该窗口已由{staff}上岗", "{staff} is already at this window"),
    "window_busy": Sentence(
        409, "请先处理当前的 {label} 号", "First finish with {label}, who is at this window"
    ),
    "staff_elsewhere": Sentence(
        409, "您已在{window}号窗口上岗", "You are already at window {window}"
    ),
    "account_without_staff": Sentence(
        409,
        "账号 {account} 没有对应人员，不能上岗。请安全管理员在“账号与角色”中指定",
        "Account {account} has no staff record and cannot open a window: the security "
        "administrator names one under Accounts",
    ),
    "staff_unknown": Sentence(
        409, "没有人员 {staff}，请联系管理员", "There is no member of staff {staff}"
    ),
    "not_your_window": Sentence(403, "这不是您的窗口", "This is not your window"),
    "nobody_waiting": Sentence(409, "目前无人等候", "Nobody is waiting"),
    "not_served_here": Sentence(
        409, "本窗口不办理该号的业务", "This window does not serve this number's queue"
    ),
    "reason_unknown": Sentence(400, "请选择有效的原因", "Choose a valid reason"),
    "note_personal": Sentence(
        400,
        "说明中像有电话号码或证件号码。说明会永久留存，请勿填写群众的个人信息",
        "The note seems to hold a telephone or identity number. Notes are kept for ever: "
        "please leave citizens' personal data out",
    ),
    # taking a ticket, appointments and the day
    "day_not_open": Sentence(409, "今日服务尚未开始", "The service day has not been opened"),
    "day_already_open": Sentence(409, "服务日 {day} 尚未关闭", "Service day {day} is still open"),
    "still_serving": Sentence(
        409, "还有 {count} 个号正在办理：{labels}", "{count} still being served: {labels}"
    ),
    "hall_closed": Sentence(
        409, "现在不在取号时间，下次开放：{opens}", "No tickets at this hour; next opening: {opens}"
    ),
    "closing_soon": Sentence(
        409, "临近下班，今日已停止取号", "Closing soon; no more tickets today"
    ),
    "day_full": Sentence(
        409,
        "按目前等候情况，今日下班前已办不到您，请改日或预约",
        "With those waiting, you would not be served before closing; come another day or book",
    ),
    "item_unknown": Sentence(404, "没有事项 {item}", "There is no item {item}"),
    "item_hidden": Sentence(409, "该事项暂不受理", "This item is not offered at present"),
    "item_without_queue": Sentence(
        409, "该事项不需取号，请查看办事指南", "This item gives no tickets; see its guide"
    ),
    "queue_unknown": Sentence(404, "没有队列 {queue}", "There is no queue {queue}"),
    "queue_without_window": Sentence(409, "目前没有窗口办理该业务", "No window serves this queue"),
    "queue_quota": Sentence(
        409, "该业务今日 {limit} 个号已取完", "All {limit} numbers of this queue are taken today"
    ),
    "item_quota": Sentence(
        409, "该事项今日 {limit} 个号已取完", "All {limit} numbers of this item are taken today"
    ),
    "card_needed": Sentence(409, "请先刷身份证再取号", "Show your identity card to take a number"),
    "person_limit": Sentence(
        409,
        "您在该业务已有 {limit} 个有效号，请先办理",
        "You hold {limit} live numbers in this queue already",
    ),
    "priority_unknown": Sentence(
        400, "没有优先类别 {priority}", "There is no priority class {priority}"
    ),
    "priority_by_staff": Sentence(
        403,
        "该优先类别须由工作人员核验后发放",
        "This priority is granted by staff after a check",
    ),
    "appointment_unknown": Sentence(404, "没有找到该预约", "There is no such appointment"),
    "appointment_early": Sentence(
        409,
        "预约签到尚早，请 {minutes} 分钟后再来签到",
        "Too early to check in; come back in {minutes} minutes",
    ),
    "appointment_past": Sentence(400, "预约时间已过", "The time of the appointment has passed"),
    "appointment_hours": Sentence(400, "该时间不在开放时间内", "The hall is not open at that time"),
    "appointment_day": Sentence(400, "日期与时间不一致", "Day and time do not agree"),
    "appointment_other_day": Sentence(
        409, "该预约日期为 {day}，不是当前服务日", "This appointment is for {day}"
    ),
    "print_unknown": Sentence(404, "没有这个打印任务", "There is no such print job"),
    "print_over": Sentence(
        409, "该打印任务已有结果或已过时", "This print job has been dealt with, or is too old"
    ),
    "code_unknown": Sentence(
        404, "没有找到该号票，可能已过期", "No such ticket; it may be too old"
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
