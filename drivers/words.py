"""What a device can be said to be or to lack, in both languages, with what to do about it."""

from typing import NamedTuple

from drivers.orders import DeviceCode, DeviceHealth, JobState


class Words(NamedTuple):
    zh: str
    en: str
    zh_advice: str = ""
    en_advice: str = ""


HEALTH = {
    DeviceHealth.UNKNOWN: Words("未知", "unknown"),
    DeviceHealth.OK: Words("正常", "well"),
    DeviceHealth.DEGRADED: Words("将不可用", "will soon need somebody"),
    DeviceHealth.FAULT: Words("故障", "faulty"),
    DeviceHealth.OFFLINE: Words("连不上", "out of reach"),
    DeviceHealth.DISABLED: Words("停用", "switched off"),
}
CODES = {
    DeviceCode.PAPER_LOW: Words("纸将尽", "paper is low", "备好纸卷", "have a roll ready"),
    DeviceCode.PAPER_OUT: Words("缺纸", "no paper", "装纸", "load paper"),
    DeviceCode.COVER_OPEN: Words("上盖打开", "the cover is open", "合上上盖", "close it"),
    DeviceCode.CUTTER_ERROR: Words(
        "切刀卡住", "the cutter is stuck", "断电，清出纸屑", "switch off, remove the paper"
    ),
    DeviceCode.NOT_TAKEN: Words(
        "号票未取走", "a ticket was not taken", "看出纸口", "look at its mouth"
    ),
    DeviceCode.PAPER_ENDING: Words(
        "按用量计，纸卷将尽",
        "the roll will end soon, by the count",
        "备好纸卷；换过请按“已换新卷”",
        'have a roll ready; if it is new, press "new roll"',
    ),
    DeviceCode.HEAD_HOT: Words("打印头过热", "the head is hot", "稍候", "wait a little"),
    DeviceCode.DEVICE_ERROR: Words(
        "设备自报故障", "it reports an error", "断电重启", "switch it off and on"
    ),
    DeviceCode.OFFLINE: Words(
        "连不上", "out of reach", "查电源、网线与地址", "look at power, cable and address"
    ),
    DeviceCode.NO_REPLY: Words(
        "不应答", "it does not answer", "查连线、波特率与地址", "look at cable, speed and address"
    ),
    DeviceCode.LINK_LOST: Words("连接中断", "the link broke", "查连线", "look at the cable"),
    DeviceCode.REFUSED: Words(
        "拒绝指令", "it refused", "查型号与区域设置", "look at its model and areas"
    ),
    DeviceCode.EXPIRED: Words("过时未发", "too late", "", ""),
    DeviceCode.QUEUE_FULL: Words("任务过多", "too many jobs", "", ""),
    DeviceCode.UNPRINTABLE: Words("无法排版", "does not fit the paper", "", ""),
    DeviceCode.VOICE_MISSING: Words("无此语音", "no such voice", "安装语音包", "install the voice"),
    DeviceCode.STOPPED: Words(
        "驱动已停止", "its driver has stopped", "查日志并重启终端站", "read the log, restart"
    ),
}
JOBS = {
    JobState.QUEUED: Words("排队中", "waiting"),
    JobState.SENDING: Words("发送中", "being sent"),
    JobState.SENT: Words("已送出，设备无法证实", "sent; the printer cannot tell more"),
    JobState.CONFIRMED: Words("打印机已证实", "confirmed by the printer itself"),
    JobState.UNCERTAIN: Words("打印机未证实", "the printer's word did not come"),
    JobState.FAILED: Words("没有打印", "not printed"),
}


def told(codes: frozenset[DeviceCode]) -> Words:
    """All of them in one sentence."""
    known = [CODES.get(code, Words(code, code)) for code in sorted(codes)]
    return Words("、".join(one.zh for one in known), ", ".join(one.en for one in known))
