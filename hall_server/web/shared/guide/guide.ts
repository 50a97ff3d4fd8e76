// What reading pages need of the facts: order, icons, and limits in words. Pure.
import type { CategoryFact, Department, HallFacts, ItemFact, LimitUnit } from '../contract';
import type { IconName } from '../icons';
import { ICONS } from '../icons';
import type { Say } from '../words';
import type { SharedKey } from '../words/zh';
import type { GuideKey } from './words';

// Names that administrators find natural, besides those of the icons themselves.
const OTHER_NAMES: Record<string, IconName> = {
  map: 'mountain',
  building: 'hall',
  handshake: 'hands',
  newspaper: 'news',
  book: 'guide',
  megaphone: 'eye',
  play: 'video',
};

export function categoryIcon(category: CategoryFact): IconName {
  const name = category.icon;
  return name in ICONS ? (name as IconName) : (OTHER_NAMES[name] ?? 'guide');
}

export function inOrder<T extends { order: number; id: string }>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
}

export function visibleItems(facts: HallFacts, department?: string): ItemFact[] {
  const items = facts.items.filter((item) => !item.hidden);
  return inOrder(department ? items.filter((item) => item.department === department) : items);
}

/** Departments that offer something, in their order. */
export function departmentsWithItems(facts: HallFacts): Department[] {
  const offering = new Set(visibleItems(facts).map((item) => item.department));
  return inOrder(facts.departments.filter(({ id }) => offering.has(id)));
}

export function limitText(amount: number, unit: LimitUnit, say: Say<GuideKey | SharedKey>): string {
  if (unit === 'on_the_spot') return say('limit.on_the_spot');
  return amount > 0 ? say(`limit.${unit}`, { n: amount }) : say('guide.none');
}

/** The sign in a department's badge: 县国土资源局 → 国, County Bureau of Health → H. */
export function monogram(name: string): string {
  const bare = name
    .replace(/^(示例·|Sample: )/, '')
    .replace(/^((County|City) )?Bureau of /, '')
    .replace(/^[\u4e00-\u9fff]{0,5}?[省市县区](?!场)(?=[\u4e00-\u9fff]{2})/, '');
  return (bare || name).slice(0, 1).toUpperCase();
}
