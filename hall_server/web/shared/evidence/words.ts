// Texts of pictures that are evidence.
import type { Dictionary } from '../words';

export type EvidenceKey = keyof typeof zh;

const zh = {
  before: '之前',
  at: '当时',
  after: '之后',
  reference: '空座参考',
  demonstration: '空座参考（演示绘制）',
  zones: '显示区域',
  loading: '正在取画面…',
  changed: '图片已改变',
  changed_why: '与台账记载的 SHA-256 不符，不作为证据。',
  gone: '图片已不在',
  gone_why: '已过保存期限，或分析程序的数据不在本机。',
  away: '画面服务未应答',
  away_why: '正在重试。',
  refused: '未获准查看',
  enlarge: '放大：{title}',
  'zone.seat': '工位',
  'zone.citizen': '办事人位置',
  'zone.counter': '台面',
  'zone.waiting': '等候区',
  coarse: '与发现无关的部分已模糊。',
};

const en: Record<EvidenceKey, string> = {
  before: 'Before',
  at: 'Then',
  after: 'After',
  reference: 'Empty reference',
  demonstration: 'Empty reference (drawn)',
  zones: 'Show zones',
  loading: 'Fetching the picture…',
  changed: 'Picture was changed',
  changed_why: 'Its SHA-256 is not the one in the ledger: it is no evidence.',
  gone: 'Picture is gone',
  gone_why: 'Kept long enough, or the analyser’s data are elsewhere.',
  away: 'No answer from the pictures',
  away_why: 'Trying again.',
  refused: 'Not admitted',
  enlarge: 'Enlarge: {title}',
  'zone.seat': 'Seat',
  'zone.citizen': 'Citizen',
  'zone.counter': 'Counter',
  'zone.waiting': 'Waiting zone',
  coarse: 'What does not belong to the finding is blurred.',
};

export const evidenceWords: Dictionary<EvidenceKey> = { zh, en };
