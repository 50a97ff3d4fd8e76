// The figures that a finding was made by, in words and with units; the names are the analyser's.
import type { Threshold } from '@shared/contract';
import type { Dictionary, Say } from '@shared/words';

export type ThresholdKey = keyof typeof zh;

const zh = {
  minutes: '{n} 分钟',
  seconds: '{n} 秒',
  grace_s: '座位无人达 {amount}',
  bridge_s: '有人出现不足 {amount}的，按路过计',
  doubtful_permille: '无法判断或有人路过的画面至多 {amount}',
  pause_s: '暂停达 {amount}',
  late_s: '大厅开放 {amount}后仍未开始',
  idle_s: '有人等候而 {amount}没有叫号',
  crowd_permille: '等候区占用达 {amount}',
  crowd_people: '等候区数得 {amount} 人',
  crowd_waiting: '等候的号票达 {amount} 张',
  crowd_s: '持续 {amount}',
  empty_call_s: '开始后不足 {amount}即办结',
  looks: '窗前画面至少比对 {amount} 次',
  stay_s: '有人停留达 {amount}',
  patience_ms: '异常持续 {amount}',
};

const en: Record<ThresholdKey, string> = {
  minutes: '{n} minute|{n} minutes',
  seconds: '{n} second|{n} seconds',
  grace_s: 'Seat empty for {amount}',
  bridge_s: 'Whoever is seen for less than {amount} has passed by',
  doubtful_permille: 'Looks unknown or with a passer-by: {amount} at most',
  pause_s: 'Paused for {amount}',
  late_s: 'Not open {amount} after the hall',
  idle_s: 'People wait, nobody called for {amount}',
  crowd_permille: 'Waiting zone {amount} full',
  crowd_people: 'People counted in the waiting zone: {amount}',
  crowd_waiting: 'Tickets waiting: {amount}',
  crowd_s: 'For {amount}',
  empty_call_s: 'Finished less than {amount} after the start',
  looks: 'Looks at the place before the window, at least: {amount}',
  stay_s: 'Somebody there for {amount}',
  patience_ms: 'Unwell for {amount}',
};

export const thresholdWords: Dictionary<ThresholdKey> = { zh, en };

/** As a person reads it; a name that only a newer analyser knows stays as it is. */
export function thresholdText({ name, value }: Threshold, say: Say<ThresholdKey>): string {
  if (!(name in zh)) return `${name} = ${value}`;
  return say(name as ThresholdKey, { amount: amountOf(name, value, say) });
}

function amountOf(name: string, value: number, say: Say<ThresholdKey>): string {
  if (name.endsWith('_permille')) return `${value / 10}%`;
  const seconds = name.endsWith('_ms') ? value / 1000 : value;
  if (!/_m?s$/.test(name)) return `${value}`;
  return seconds % 60 ? say('seconds', { n: seconds }) : say('minutes', { n: seconds / 60 });
}
