// The stage of a wall: every call has its eight seconds, none is lost, those that come together
// share it.
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../display/web/floor/calls';
import {
  advanced,
  EMPTY_STAGE,
  noticed,
  openingStage,
  SHOWN_AT_LEAST_MS,
  waitMs,
  type Stage,
} from '../../../display/web/wall/stage';

function call(leg: number, seq: number, state: Call['state'] = 'called'): Call {
  return { key: `${leg}-${seq}`, legId: leg, ticketId: leg, seq, state } as Call;
}

const newestFirst = (...calls: Call[]) => [...calls].sort((one, other) => other.seq - one.seq);

describe('a wall that has just come', () => {
  it('shows the newest call that somebody still has to answer', () => {
    const calls = newestFirst(call(1, 10), call(2, 11, 'serving'));
    expect(openingStage(calls, 0).shown).toEqual(['1-10']);
  });

  it('shows the last call where nobody is called now', () => {
    const stage = openingStage(newestFirst(call(1, 10, 'served'), call(2, 11, 'serving')), 0);
    expect(stage.shown).toEqual(['2-11']);
    const next = advanced(noticed(stage, [call(3, 12), call(2, 11, 'serving')], 1), 1, 4);
    expect(next.shown).toEqual(['3-12']);
  });

  it('sends nobody to a window for a number that was missed', () => {
    const calls = newestFirst(call(1, 10, 'served'), call(2, 11, 'no_show'));
    expect(openingStage(calls, 0).shown).toEqual(['1-10']);
    expect(openingStage([call(2, 11, 'no_show')], 0).shown).toEqual([]);
  });

  it('is empty before the first call of the day', () => {
    expect(openingStage([], 0)).toEqual({ ...EMPTY_STAGE, since: -SHOWN_AT_LEAST_MS });
  });
});

describe('calls that come one after another', () => {
  it('wait for the first to have been seen', () => {
    let stage = openingStage([call(1, 10)], 0);
    stage = noticed(stage, newestFirst(call(1, 10), call(2, 11)), 3_000);
    expect(advanced(stage, 3_000, 4)).toBe(stage);
    expect(waitMs(stage, 3_000)).toBe(5_000);
    expect(advanced(stage, 8_000, 4).shown).toEqual(['2-11']);
  });

  it('share the stage when several wait, and the rest follow', () => {
    const calls = newestFirst(...[1, 2, 3, 4, 5, 6].map((leg) => call(leg, 10 + leg)));
    let stage = advanced(noticed({ ...EMPTY_STAGE, seen: 10 }, calls, 0), 0, 4);
    expect(stage.shown).toEqual(['4-14', '3-13', '2-12', '1-11']);
    stage = advanced(stage, 7_999, 4);
    expect(stage.shown).toHaveLength(4);
    expect(advanced(stage, 8_000, 4).shown).toEqual(['6-16', '5-15']);
  });

  it('leave out whom the clerk has begun to serve meanwhile', () => {
    let stage: Stage = { ...openingStage([call(1, 10)], 0) };
    stage = noticed(stage, newestFirst(call(1, 10), call(2, 11), call(3, 12)), 1_000);
    stage = noticed(stage, newestFirst(call(1, 10), call(2, 11, 'serving'), call(3, 12)), 2_000);
    expect(advanced(stage, 8_000, 4).shown).toEqual(['3-12']);
  });

  it('need not wait for one whose citizen has come', () => {
    let stage = openingStage([call(1, 10)], 0);
    stage = noticed(stage, newestFirst(call(1, 10, 'serving'), call(2, 11)), 1_000);
    expect(advanced(stage, 1_000, 4).shown).toEqual(['2-11']);
  });

  it.each(['no_show', 'cancelled', 'unserved'] as const)(
    'leave at once when %s, and the last who came stands there',
    (state) => {
      const before = call(1, 10, 'served');
      const stage = noticed(openingStage([before], 0), newestFirst(before, call(2, 11)), 0);
      const called = advanced(stage, 0, 4);
      expect(called.shown).toEqual(['2-11']);
      const gone = noticed(called, newestFirst(before, call(2, 11, state)), 1_000);
      expect(gone.shown).toEqual(['1-10']);
      const next = noticed(gone, newestFirst(before, call(2, 11, state), call(3, 12)), 1_001);
      expect(advanced(next, 1_001, 4).shown).toEqual(['3-12']);
      expect(noticed(openingStage([call(2, 11)], 0), [call(2, 11, state)], 1).shown).toEqual([]);
    },
  );

  it('leave at once when sent back into the line, which forgets the call', () => {
    const before = call(1, 10, 'served');
    const stage = advanced(noticed(openingStage([before], 0), [call(2, 11), before], 0), 0, 4);
    expect(noticed(stage, [before], 1_000).shown).toEqual(['1-10']);
  });

  it('renew a number that is called again where it stands', () => {
    let stage = openingStage([call(1, 10)], 0);
    stage = noticed(stage, [call(1, 15)], 6_000);
    expect(stage).toEqual({ shown: ['1-15'], since: 6_000, pending: [], seen: 15 });
  });
});

it('loses no call, whatever comes when, and shows each for eight seconds', () => {
  let random = 7;
  const next = (most: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % most;
  };
  let stage = openingStage([], 0);
  const calls: Call[] = [];
  const began = new Map<string, number>();
  let now = 0;
  for (let step = 0; step < 400; step += 1) {
    now += next(3_000);
    if (step < 200 && next(3) > 0) calls.unshift(call(step + 1, step + 1));
    const before = stage.shown;
    stage = advanced(noticed(stage, calls, now), now, 4);
    for (const key of before.filter((shown) => !stage.shown.includes(shown))) {
      expect(now - (began.get(key) ?? 0)).toBeGreaterThanOrEqual(SHOWN_AT_LEAST_MS);
    }
    for (const key of stage.shown) if (!began.has(key)) began.set(key, now);
  }
  expect([...began.keys()].sort()).toEqual(calls.map(({ key }) => key).sort());
});
