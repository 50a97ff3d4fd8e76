// Papers ordered from this desk: whoever ordered one hears what became of it, and the last one of
// the citizen at the window stays in sight.
import { inject, provide, type InjectionKey } from 'vue';
import { cause } from '@shared/causes';
import type { PaperView, PrintState, TicketSlip } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import type { Notices, NoticeTone } from '@shared/notices';
import { useWords } from '@shared/words';
import { consoleWords } from './words';

export interface Papers {
  /** An ask of this desk has ordered a paper, or found no printer to order it from. */
  ordered(slip: TicketSlip): void;
  /** The newest paper that was ordered for a ticket. */
  newestOf(ticketId: number): PaperView | undefined;
  /** What became of it, in words. */
  told(paper: PaperView): string;
}

export const PAPER_TONES: Record<PrintState, NoticeTone> = {
  queued: 'good',
  sent: 'warn',
  confirmed: 'good',
  uncertain: 'warn',
  failed: 'bad',
};

const KEY: InjectionKey<Papers> = Symbol('papers');

export function usePapers(): Papers {
  const papers = inject(KEY);
  if (!papers) throw new Error('the workplace has not provided papers');
  return papers;
}

export function providePapers(notices: Notices): Papers {
  const hall = useHall();
  const say = useWords(consoleWords);
  const mine = new Set<number>();
  const known = (jobId: number) => hall.state.value?.papers.get(jobId);

  function tell(paper: PaperView | undefined) {
    if (!paper || paper.state === 'queued') return;
    notices.tell(`${paper.label} ${papers.told(paper)}`, PAPER_TONES[paper.state]);
  }

  const papers: Papers = {
    ordered({ job_id, label }) {
      if (!job_id) notices.tell(say('paper.nowhere', { label }), 'warn');
      mine.add(job_id);
      tell(known(job_id)); // it may have come out before the answer to the press
    },
    newestOf: (ticketId) =>
      [...(hall.state.value?.papers.values() ?? [])]
        .filter(({ ticket_id }) => ticket_id === ticketId)
        .sort((a, b) => b.job_id - a.job_id)[0],
    told({ copy, state, reason, station_id }) {
      const paper = copy ? say('paper.copy', { n: copy }) : say('paper.first');
      const why = reason ? cause(reason) : say('paper.no_reason');
      return say(`paper.${state}`, { paper, why, station: station_id });
    },
  };
  useEvent('print.reported', ({ job_id }) => {
    if (mine.has(job_id)) tell(known(job_id));
  });
  provide(KEY, papers);
  return papers;
}
