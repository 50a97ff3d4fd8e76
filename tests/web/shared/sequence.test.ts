import { describe, expect, test } from 'vitest';
import type { HallEvent, Push } from '@shared/contract';
import { Sequence } from '@shared/sequence';

const push = (since: number, ...seqs: number[]): Push => ({
  since,
  upto: seqs.at(-1) ?? since,
  events: seqs.map((seq) => ({ seq }) as HallEvent),
});
const seqs = (events: HallEvent[]) => events.map(({ seq }) => seq);

describe('what the hall pushes', () => {
  test('goes on from the place, none twice', () => {
    const sequence = new Sequence(10);
    expect(seqs(sequence.take(push(10, 11, 12)))).toEqual([11, 12]);
    expect(seqs(sequence.take(push(10, 11, 12)))).toEqual([]);
    expect(seqs(sequence.take(push(11, 12, 13)))).toEqual([13]);
    expect([sequence.place, sequence.hasGap]).toEqual([13, false]);
  });

  test('is put in order when two overtake each other', () => {
    const sequence = new Sequence(10);
    expect(seqs(sequence.take(push(12, 13)))).toEqual([]);
    expect(sequence.hasGap).toBe(true);
    expect(seqs(sequence.take(push(10, 11, 12)))).toEqual([11, 12, 13]);
    expect(sequence.hasGap).toBe(false);
  });

  test('moves on over events that are not for these eyes', () => {
    const sequence = new Sequence(10);
    expect(seqs(sequence.take({ since: 10, upto: 15, events: [] }))).toEqual([]);
    expect(sequence.place).toBe(15);
  });

  test('waits for the snapshot that was asked for, and goes on from it', () => {
    const sequence = new Sequence(10);
    sequence.take(push(20, 21));
    sequence.await();
    expect([seqs(sequence.take(push(21, 22))), sequence.hasGap]).toEqual([[], false]);
    expect(seqs(sequence.restart(21))).toEqual([22]);
    expect([sequence.place, sequence.hasGap]).toEqual([22, false]);
  });

  test('begins anew behind its place when the hall was restored', () => {
    const sequence = new Sequence(50);
    sequence.restart(40);
    expect(seqs(sequence.take(push(40, 41)))).toEqual([41]);
  });

  test('forgets what it held when the line broke', () => {
    const sequence = new Sequence(10);
    sequence.take(push(12, 13));
    sequence.forgetHeld();
    expect([sequence.place, sequence.hasGap]).toEqual([10, false]);
  });
});
