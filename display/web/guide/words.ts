// Texts of the touch guide's own frame; those of reading are in @shared/guide/words.
import { useWords, type Dictionary } from '@shared/words';

const zh = {
  'guide.name': '触摸查询',
  'home.items': '办事指南',
  'home.items.lead': '按部门查事项：材料、时限、流程、收费',
  'home.categories': '政务查询',
  'now.title': '大厅实况',
  'now.waiting': '等候人数',
  'now.windows': '开放窗口 {n} 个',
  'now.closed': '现在不在服务时间',
  'departments.title': '请选择部门',
  'departments.items': '{n} 个事项',
  'go.back': '返回上一页',
  'go.home': '首页',
  'view.large': '大字版',
  'view.standard': '标准版',
  'language.other': 'English',
  'idle.ask': '{n} 秒后返回首页，触摸屏幕继续阅读',
  'link.starting': '正在连接大厅…',
  'link.stale': '更新于 {time}',
  'head.call': '正在呼叫',
  'head.window': '号窗口',
  'take.lead': '办理业务请在自助取号机取号',
};

export type OwnKey = keyof typeof zh;

const en: Record<OwnKey, string> = {
  'guide.name': 'Touch guide',
  'home.items': 'Service guides',
  'home.items.lead': 'By department: documents, time, steps, fees',
  'home.categories': 'Information',
  'now.title': 'The hall now',
  'now.waiting': 'People waiting',
  'now.windows': '1 window open|{n} windows open',
  'now.closed': 'The hall is closed now',
  'departments.title': 'Choose a department',
  'departments.items': '1 item|{n} items',
  'go.back': 'Back',
  'go.home': 'Home',
  'view.large': 'Large type',
  'view.standard': 'Standard',
  'language.other': '中文',
  'idle.ask': 'Returning to the first page in {n} s; touch to continue reading',
  'link.starting': 'Connecting to the hall…',
  'link.stale': 'As of {time}',
  'head.call': 'Now calling',
  'head.window': 'window',
  'take.lead': 'To be served, take a number at a kiosk',
};

const dictionary: Dictionary<OwnKey> = { zh, en };

export function useOwnWords() {
  return useWords(dictionary);
}
