// Texts of reading: categories, articles and guides, on the kiosk and on the touch guide.
import { useWords, type Dictionary } from '../words';

const zh = {
  'page.before': '上一页',
  'page.after': '下一页',
  'page.of': '{page} / {pages}',
  'guide.promise': '承诺时限',
  'guide.legal': '法定时限',
  'guide.fee': '收费',
  'guide.kind': '办件类型',
  'guide.materials': '所需材料',
  'guide.conditions': '办理条件',
  'guide.steps': '办理流程',
  'guide.basis': '设定依据',
  'guide.fee_basis': '收费依据',
  'guide.phone': '咨询电话',
  'guide.none': '以窗口告知为准',
  'guide.empty': '本事项的指南尚未填写，请到咨询台了解。',
  'material.originals': '原件 {n}',
  'material.copies': '复印件 {n}',
  'material.optional': '按需提供',
  'category.empty': '暂无内容',
  'category.articles': '{n} 篇',
  'department.items': '{n} 项',
  'department.empty': '暂无事项',
};

export type GuideKey = keyof typeof zh;

const en: Record<GuideKey, string> = {
  'page.before': 'Previous',
  'page.after': 'Next',
  'page.of': '{page} / {pages}',
  'guide.promise': 'Promised within',
  'guide.legal': 'Legal limit',
  'guide.fee': 'Fee',
  'guide.kind': 'Type of case',
  'guide.materials': 'Documents to bring',
  'guide.conditions': 'Conditions',
  'guide.steps': 'Steps',
  'guide.basis': 'Legal basis',
  'guide.fee_basis': 'Fee basis',
  'guide.phone': 'Enquiries',
  'guide.none': 'Ask at the window',
  'guide.empty': 'This guide has not been written yet; please ask at the desk.',
  'material.originals': '1 original|{n} originals',
  'material.copies': '1 copy|{n} copies',
  'material.optional': 'if applicable',
  'category.empty': 'Nothing here yet',
  'category.articles': '1 article|{n} articles',
  'department.items': '1 item|{n} items',
  'department.empty': 'No items yet',
};

const dictionary: Dictionary<GuideKey> = { zh, en };

export function useGuideWords() {
  return useWords(dictionary);
}
