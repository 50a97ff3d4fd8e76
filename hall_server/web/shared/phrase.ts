// Chinese is written without spaces, so a line may break anywhere, also inside a word. `phrased` marks
// the places between words; the class `phrases` of look.css then breaks lines only there.

const PLACE = '\u200b';
const DOT = '·';
const HAN = /\p{Script=Han}/u;
/** A number and what it counts stay together: 2 人. */
const COUNTED = /(?<=\d) (?=\p{Script=Han})/gu;
const finder = new Intl.Segmenter('zh', { granularity: 'word' });

/** Words of one sign lean on the word before them (管理|局), or at a beginning on the next (可|打印). */
export function phrased(text: string): string {
  if (!HAN.test(text)) return text;
  let told = '';
  let mayBreak = false;
  for (const { segment, isWordLike } of finder.segment(text.replace(COUNTED, '\u00a0'))) {
    const isShort = segment.length === 1;
    if (mayBreak && isWordLike && !isShort) told += PLACE;
    mayBreak = segment === DOT || (Boolean(isWordLike) && (mayBreak || !isShort));
    told += segment;
  }
  return told;
}
