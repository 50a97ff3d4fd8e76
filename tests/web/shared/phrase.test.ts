import { expect, test } from 'vitest';
import { phrased } from '@shared/phrase';

const shown = (text: string) => phrased(text).replaceAll('\u200b', '|');

test.each([
  ['食品药品监督管理局', '食品|药品|监督|管理局'],
  ['质量技术监督局', '质量|技术|监督局'],
  ['县劳动和社会保障局', '县劳动和|社会|保障局'],
  ['按公示标准收取（示例）', '按公示|标准|收取（示例）'],
  ['收费，可打印告知单', '收费，可打印|告知单'],
  ['示例·住房公积金管理部', '示例·|住房公积金|管理部'],
  ['婚姻登记 有 2 人等候', '婚姻|登记 有 2\u00a0人等候'],
  ['Bureau of Health', 'Bureau of Health'],
  ['', ''],
])('%s may break between its words only', (text, marked) => {
  expect(shown(text)).toBe(marked);
});
