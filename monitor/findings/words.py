"""One plain sentence per finding, Chinese and English: what was declared, what was seen. Pure.

It says what the picture shows, never what somebody did: "the seat looks as it does when empty",
not "the clerk was away".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hall_server.contract.messages.supervision import FindingRule, Presence
from monitor.findings.moments import Episode

MINUTE_MS = 60_000


class Said(NamedTuple):
    """The sentence in both languages."""

    zh: str
    en: str


DECLARED = {
    "open": Said("开放", "open"),
    "called": Said("已呼叫", "having called"),
    "serving": Said("办理中", "serving"),
}
TESTS = {
    "offline": Said("没有信号", "no signal"),
    "frozen": Said("画面静止不变", "the picture stands still"),
    "covered": Said("镜头被遮挡", "the lens is covered"),
    "defocused": Said("画面模糊", "the picture is blurred"),
    "moved": Said("机位被移动", "the camera was moved"),
    "dark": Said("画面过暗", "the picture is too dark"),
    "clock_skew": Said("时钟不准", "its clock is wrong"),
}
NOT_JUDGED = Said("期间不作任何判断", "nothing is judged meanwhile")
JUDGED = {
    "moved": Said(
        "偏移小的自动校正后照常判断，偏移大的期间不作任何判断",
        "what can be put back is judged as before, else nothing is judged meanwhile",
    ),
    "clock_skew": Said(
        "判断照常，时间以本机时钟为准", "judging goes on, by the clock of this machine"
    ),
}
"""What a test that is raised means for the other rules, as ``analysis/health.py`` has it."""


def sentence(episode: Episode, window: str, camera: str, utc_offset_minutes: int) -> Said:
    """What was found; ``window`` and ``camera`` as people call them."""
    span = (
        f"{_clock(episode.begins_at, utc_offset_minutes)}–"
        f"{_clock(episode.ends_at, utc_offset_minutes)}"
    )
    match episode.rule:
        case FindingRule.VACANCY:
            return _vacancy(episode, window, span)
        case FindingRule.LATE:
            return _late(episode, window, span)
        case FindingRule.IDLE:
            return Said(
                f"{span} {window}号窗口开放，{episode.waiting}人等候，期间没有叫号",
                f"{span} window {window} was open, {episode.waiting} waited, nobody was called",
            )
        case FindingRule.CROWD:
            return _crowd(episode, span)
        case FindingRule.EMPTY_CALL:
            seconds = (episode.ends_at - episode.begins_at) // 1000
            return Said(
                f"{span} {window}号窗口从呼叫到办结{seconds}秒，窗前画面与无人参考一致",
                f"{span} window {window} called and finished within {seconds} s; the place before"
                " it looked as its empty reference does",
            )
        case FindingRule.STAY:
            return Said(
                f"{span} 非工作时间，{window}号窗口区域内有人",
                f"{span} outside opening hours somebody was in the zone of window {window}",
            )
        case FindingRule.CAMERA:
            said, then = TESTS[episode.detail], JUDGED.get(episode.detail, NOT_JUDGED)
            return Said(
                f"{span} 摄像机 {camera}：{said.zh}，{then.zh}",
                f"{span} camera {camera}: {said.en}; {then.en}",
            )


def _vacancy(episode: Episode, window: str, span: str) -> Said:
    declared = DECLARED[episode.detail]
    if any(look.is_thing for look in episode.looks if look.presence is Presence.ABSENT):
        return Said(
            f"{span} {window}号窗口声明为{declared.zh}，有人离开座位后，座位上只有不动的物品，"
            "低于坐着的人",
            f"{span} window {window} was declared {declared.en}; after somebody left the seat,"
            " only something that does not move was there, lower than whoever sat there",
        )
    absent = (look.differs for look in episode.looks if look.presence is Presence.ABSENT)
    differs = max(absent, default=0.0)
    if episode.tally.present:
        zh, en = "有人短暂经过", "somebody passed by briefly"
    else:
        zh, en = "期间无动作", "nothing moved"
    return Said(
        f"{span} {window}号窗口声明为{declared.zh}，座位画面与空座参考一致"
        f"（差异至多{differs:.2f}），{zh}",
        f"{span} window {window} was declared {declared.en}; the seat looked as its empty"
        f" reference does (differing by {differs:.2f} at most), {en}",
    )


def _crowd(episode: Episode, span: str) -> Said:
    """A share is never told as a number of people; a number only where a model counted them."""
    zh, en = [], []
    if episode.people is not None:
        zh.append(f"本单位模型数得约{episode.people}人")
        en.append(f"held about {episode.people} people as this site's model counts them")
    if episode.share_permille:
        percent = episode.share_permille // 10
        zh.append(f"占用约{percent}%")
        en.append(f"was {percent} % full")
    return Said(
        f"{span} 等候区{'、'.join(zh)}，大厅有{episode.waiting}张号票等候",
        f"{span} the waiting zone {' and '.join(en)}, {episode.waiting} tickets waited",
    )


def _late(episode: Episode, window: str, span: str) -> Said:
    minutes = (episode.ends_at - episode.begins_at) // MINUTE_MS
    if episode.detail == "pause":
        return Said(
            f"{span} {window}号窗口暂停已{minutes}分钟",
            f"{span} window {window} has been paused for {minutes} minutes",
        )
    return Said(
        f"{span} 大厅开放已{minutes}分钟，{window}号窗口尚未开始服务",
        f"{span} the hall has been open for {minutes} minutes, window {window} not yet",
    )


def _clock(at: int, utc_offset_minutes: int) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC) + timedelta(minutes=utc_offset_minutes)
    return moment.strftime("%H:%M:%S")
