// Why a device is not well or a paper did not come: the codes of drivers and stations in words.
import { language, type Language } from './words';

const CAUSES: Record<Language, Record<string, string>> = {
  zh: {
    paper_low: '纸将用完',
    paper_out: '缺纸',
    cover_open: '机盖未关好',
    cutter_error: '切刀故障',
    head_hot: '打印头过热',
    not_taken: '号票未取走',
    paper_ending: '纸卷将尽（按用量）',
    checksum_errors: '线路校验错过多',
    camera_offline: '没有画面',
    frozen: '画面静止',
    covered: '被遮挡',
    defocused: '画面模糊',
    moved: '被移动',
    dark: '过暗',
    clock_skew: '时钟不准',
    recorder_stopped: '录像程序未运行',
    analyser_stopped: '分析程序未运行，不产生发现',
    disk_short: '录像空间不足',
    recording_stopped: '磁盘已满，录像已停止',
    device_error: '设备故障',
    offline: '未连接',
    no_reply: '没有应答',
    link_lost: '连接中断',
    refused: '设备拒绝',
    expired: '等候超时',
    queue_full: '任务太多',
    unprintable: '内容无法打印',
    voice_missing: '缺少语音',
    stopped: '程序已停止',
    interrupted: '打印中断',
    no_printer: '没有打印机',
    settings: '设置有误',
    bad_settings: '设置有误',
  },
  en: {
    paper_low: 'paper is running out',
    paper_out: 'out of paper',
    cover_open: 'cover open',
    cutter_error: 'cutter jammed',
    head_hot: 'print head hot',
    not_taken: 'ticket not taken',
    paper_ending: 'roll will end soon (by count)',
    checksum_errors: 'too many damaged answers',
    camera_offline: 'no picture',
    frozen: 'picture frozen',
    covered: 'covered',
    defocused: 'out of focus',
    moved: 'was moved',
    dark: 'too dark',
    clock_skew: 'clock is wrong',
    recorder_stopped: 'recorder is not running',
    analyser_stopped: 'analyser is not running: nothing is found',
    disk_short: 'recordings run out of room',
    recording_stopped: 'disk full, nothing is recorded',
    device_error: 'device error',
    offline: 'not connected',
    no_reply: 'no reply',
    link_lost: 'link lost',
    refused: 'refused by the device',
    expired: 'waited too long',
    queue_full: 'too many jobs',
    unprintable: 'cannot be printed',
    voice_missing: 'voice missing',
    stopped: 'program ended',
    interrupted: 'interrupted',
    no_printer: 'no printer',
    settings: 'wrong settings',
    bad_settings: 'wrong settings',
  },
};

/** A code in words; one of a newer station as it is. */
export function cause(code: string): string {
  return CAUSES[language.value][code] ?? code;
}

export function causes(codes: readonly string[]): string {
  return codes.map(cause).join(language.value === 'en' ? ', ' : '、');
}
