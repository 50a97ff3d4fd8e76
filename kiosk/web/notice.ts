// What is not as usual, as one sentence: the worst of it.
import { computed } from 'vue';
import type { IconName } from '@shared/icons';
import { language } from '@shared/words';
import { screen } from './journey';
import { facts, isStationLost, kiosk } from './kiosk';
import { useKioskWords } from './words';

export interface Notice {
  tone: 'warn' | 'bad';
  icon: IconName;
  text: string;
}

export function useNotice() {
  const say = useKioskWords();
  return computed<Notice | undefined>(() => {
    if (!facts.value) return undefined;
    if (isStationLost.value) return { tone: 'bad', icon: 'danger', text: say('state.station') };
    const state = kiosk.value;
    if (!state) return undefined;
    if (state.link === 'lost' || state.link === 'starting')
      return { tone: 'warn', icon: 'offline', text: say('state.lost') };
    if (state.link !== 'up') {
      const why = language.value === 'en' ? state.link_en : state.link_zh;
      return { tone: 'bad', icon: 'danger', text: say('state.refused', { why }) };
    }
    if (screen.value.name === 'result') return undefined;
    const { present, health, codes } = state.printer;
    if (codes.includes('not_taken'))
      return { tone: 'warn', icon: 'ticket', text: say('state.not_taken') };
    const back = state.outcomes.find(({ paper }) => paper === 'retracted');
    if (back)
      return { tone: 'warn', icon: 'ticket', text: say('state.retracted', { label: back.label }) };
    if (codes.includes('paper_out'))
      return { tone: 'warn', icon: 'print', text: say('state.paper_out') };
    if (present && (health === 'fault' || health === 'offline'))
      return { tone: 'warn', icon: 'print', text: say('state.printer') };
    return undefined;
  });
}
