import { describe, expect, test } from 'vitest';
import type { FollowView, LegState, ReceiptView } from '@shared/contract';
import { judge } from '../../hall_server/web/follow/receipt';
import { codeOf, pauseMs } from '../../hall_server/web/follow/ticket';

test('the code is the last part of the address', () => {
  expect(codeOf('/t/7Q4MZPk2_xYw-3Ab')).toBe('7Q4MZPk2_xYw-3Ab');
  expect(codeOf('/')).toBe('');
});

test.each<[LegState, number, number]>([
  ['waiting', 20, 12_000],
  ['waiting', 5, 5_000],
  ['called', 0, 5_000],
  ['served', 0, 60_000],
])('%s with %s ahead asks again after %s ms', (state, people_ahead, ms) => {
  expect(pauseMs({ state, people_ahead } as FollowView)).toBe(ms);
});

describe('the promise on the paper', () => {
  const view: ReceiptView = { event_seq: 7, signed: true, kept: true, checkpoint_size: 9 };

  test('is kept, and sealed once a checkpoint reaches it', () => {
    expect(judge(view, 7)).toEqual({ is: 'kept', eventSeq: 7, sealedUpto: 9 });
    expect(judge({ ...view, checkpoint_size: 6 }, 7)).toMatchObject({ is: 'kept', sealedUpto: 0 });
  });

  test.each([
    ['another ticket', view, 8],
    ['a forged signature', { ...view, signed: false }, 7],
    ['an altered ledger', { ...view, kept: false }, 7],
  ])('is not kept by %s', (_, told, takenSeq) => {
    expect(judge(told, takenSeq)).toEqual({ is: 'wrong' });
  });
});
