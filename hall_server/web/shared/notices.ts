// Short sentences over a page: why the hall refused, or what came of an act. They never block.
import { shallowRef } from 'vue';
import { HallAway, RefusedByHall } from './refused';
import { language, sentence } from './words';
import { en } from './words/en';
import { zh } from './words/zh';

export type NoticeTone = 'good' | 'warn' | 'bad';

export interface Notice {
  id: number;
  tone: NoticeTone;
  text: string;
}

const STAYS_MS = 6_000;
const SHOWN_MAX = 3;

export class Notices {
  readonly shown = shallowRef<readonly Notice[]>([]);
  private last = 0;

  tell(text: string, tone: NoticeTone = 'good'): void {
    this.last += 1;
    const id = this.last;
    const others = this.shown.value.filter((notice) => notice.text !== text);
    this.shown.value = [...others, { id, tone, text }].slice(-SHOWN_MAX);
    setTimeout(() => this.drop(id), STAYS_MS);
  }

  /** Say what went wrong; what is a bug rises. */
  fault(error: unknown): void {
    this.tell(faultText(error), error instanceof HallAway ? 'bad' : 'warn');
  }

  drop(id: number): void {
    this.shown.value = this.shown.value.filter((notice) => notice.id !== id);
  }
}

/** What a person reads of it; anything that is neither refusal nor silence is a bug and rises. */
export function faultText(error: unknown): string {
  if (error instanceof RefusedByHall) return sentence(error.refused);
  if (error instanceof HallAway) return (language.value === 'en' ? en : zh)['hall.away'];
  throw error;
}
