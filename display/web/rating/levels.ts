// The five levels of 好差评, best first: what they are called, and how a face looks at each. Pure.

export interface Level {
  readonly level: number;
  readonly zh: string;
  readonly en: string;
  /** The mouth, on a face of 24 units. */
  readonly mouth: string;
}

export const LEVELS: readonly Level[] = [
  { level: 5, zh: '非常满意', en: 'Very satisfied', mouth: 'M6.5 13.5c1.5 4.5 9.5 4.5 11 0z' },
  { level: 4, zh: '满意', en: 'Satisfied', mouth: 'M7 14.5c2 2.5 8 2.5 10 0' },
  { level: 3, zh: '基本满意', en: 'Fair', mouth: 'M7.5 15.5h9' },
  { level: 2, zh: '不满意', en: 'Dissatisfied', mouth: 'M7 16.5c2-2.5 8-2.5 10 0' },
  { level: 1, zh: '非常不满意', en: 'Very dissatisfied', mouth: 'M6.5 17c1.5-4.5 9.5-4.5 11 0' },
];
