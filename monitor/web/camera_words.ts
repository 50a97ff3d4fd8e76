// Texts of the camera wall.
import type { Dictionary } from '@shared/words';

export type CameraKey = keyof typeof zh;

const zh = {
  cameras: '实时画面',
  back: '返回总览',
  why: '为什么查看？',
  why_hint: '每次查看都记入台账：谁、看哪些摄像机、为什么。',
  'why.round': '日常巡查',
  'why.complaint': '投诉核查',
  'why.incident': '突发情况',
  why_other: '其他原因（请勿填写群众个人信息）',
  begin: '开始查看',
  asking: '正在向大厅申请…',
  none: '还没有摄像机',
  none_why: '由系统管理员在“摄像机设置”中添加，添加后自动显示在这里。',
  away: '画面服务未启动或无法连接',
  away_why: '或尚未添加摄像机。录像与叫号不受影响，恢复后自动显示。',
  waiting: '等待画面…',
  lost: '没有画面',
  live: '实时',
  'stills.masked': '只显示静态画面：设有隐私遮挡',
  'stills.jpeg': '只显示静态画面：摄像机只发送 JPEG 图片',
  'stills.old': '只显示静态画面：此浏览器不能播放实时视频',
  'stills.unplayable': '只显示静态画面：此浏览器不能播放 {codec}',
  stopped: '画面停在 {time}',
  longest: '等候 {n} 人',
  for: '，最长 {n} 分钟',
  keys: '方向键选择 · 回车放大为实时 · F 全屏 · Esc 返回',
  enlarge: '放大 {name}',
  page: '第 {n} 页，共 {of} 页',
  'page.before': '上一页',
  'page.next': '下一页',
};

const en: Record<CameraKey, string> = {
  cameras: 'Cameras',
  back: 'Back to the hall',
  why: 'Why do you look?',
  why_hint: 'Each look stands in the ledger: who, which cameras, and why.',
  'why.round': 'Daily round',
  'why.complaint': 'Complaint',
  'why.incident': 'Incident',
  why_other: 'Another reason (no personal data of citizens)',
  begin: 'Look',
  asking: 'Asking the hall…',
  none: 'No cameras yet',
  none_why: 'An administrator adds them under “Set up cameras”; then they stand here.',
  away: 'The live pictures cannot be reached',
  away_why: 'Or there are no cameras yet. Recording and calling go on.',
  waiting: 'Waiting for the picture…',
  lost: 'No picture',
  live: 'Live',
  'stills.masked': 'Stills only: it has a privacy mask',
  'stills.jpeg': 'Stills only: the camera sends JPEG pictures',
  'stills.old': 'Stills only: this browser plays no live video',
  'stills.unplayable': 'Stills only: this browser cannot play {codec}',
  stopped: 'Picture stopped at {time}',
  longest: '{n} waiting|{n} waiting',
  for: ', longest {n} min|, longest {n} min',
  keys: 'Arrows choose · Enter plays it large · F full screen · Esc back',
  enlarge: 'Enlarge {name}',
  page: 'Page {n} of {of}|Page {n} of {of}',
  'page.before': 'Previous',
  'page.next': 'Next',
};

const CODECS: Record<string, string> = { hvc1: 'H.265', hev1: 'H.265' };

/** As engineers know it; browsers write more. */
export function codecName(codec: string): string {
  return CODECS[codec.split('.')[0] ?? ''] ?? codec;
}

export const cameraWords: Dictionary<CameraKey> = { zh, en };
