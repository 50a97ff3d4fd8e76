// The link against a socket made by hand: what is sent, and what happens when nobody answers.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HallEvent, Refused } from '@shared/contract';
import { GIVE_UP_MS, Link } from '@shared/link';
import { HallAway, RefusedByHall, type Reply } from '@shared/refused';
import { snapshot } from './fixtures';

interface Sent {
  name: string;
  body: Record<string, unknown>;
  answer(reply: Reply<unknown>): void;
  fail(): void;
}

class FakeSocket {
  connected = false;
  active = true;
  sent: Sent[] = [];
  connects = 0;
  private readonly listeners = new Map<string, (word: unknown) => void>();

  on(name: string, listener: (word: never) => void) {
    this.listeners.set(name, listener as (word: unknown) => void);
  }
  connect() {
    this.connects += 1;
  }
  disconnect() {
    this.connected = false;
  }
  timeout() {
    return this;
  }
  emitWithAck(name: string, body: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.sent.push({ name, body, answer: resolve, fail: () => reject(new Error('timeout')) });
    });
  }
  hear(name: string, word?: unknown) {
    if (name === 'connect') this.connected = true;
    if (name === 'disconnect') this.connected = false;
    this.listeners.get(name)?.(word);
  }
}

let socket: FakeSocket;
let introduce: (give: (data: object) => void) => void;

vi.mock('socket.io-client', () => ({
  io: (_url: string, options: { auth: typeof introduce }) => {
    introduce = options.auth;
    return socket;
  },
}));

const log: string[] = [];
let link: Link;

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  log.length = 0;
  link = new Link({
    hallUrl: 'http://hall',
    token: () => Promise.resolve('page-token'),
    version: '0.1.0',
    onSnapshot: ({ seq }) => log.push(`snapshot ${seq}`),
    onEvents: (events) => log.push(...events.map(({ seq }) => `event ${seq}`)),
    onState: (state) => log.push(state),
    onRefused: ({ code }) => log.push(`refused ${code}`),
  });
  link.open();
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const push = (since: number, ...seqs: number[]) =>
  socket.hear('push', {
    since,
    upto: seqs.at(-1) ?? since,
    events: seqs.map((seq) => ({ seq }) as HallEvent),
  });

function begin(seq = 100) {
  socket.hear('connect');
  socket.hear('snapshot', snapshot({ seq }));
}

describe('asking', () => {
  test('an accepted ask gives its answer', async () => {
    begin();
    const asked = link.ask('ticket.call_next', { window_id: 'w1' });
    expect(socket.sent[0]).toMatchObject({ name: 'ticket.call_next', body: { window_id: 'w1' } });
    expect(socket.sent[0]!.body['request_id']).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    socket.sent[0]!.answer({ ok: true, answer: { leg_id: 7 } });
    await expect(asked).resolves.toEqual({ leg_id: 7 });
  });

  test('a refused ask says why', async () => {
    begin();
    const asked = link.ask('ticket.call_next', { window_id: 'w1' });
    const refused: Refused = { code: 'nobody_waiting', zh: '无人等候', en: 'Nobody', field: '' };
    socket.sent[0]!.answer({ ok: false, refused });
    await expect(asked).rejects.toEqual(new RefusedByHall(refused));
  });

  test('an ask whose answer was lost is sent again under the same request_id', async () => {
    begin();
    const asked = link.ask('ticket.call_next', { window_id: 'w1' });
    socket.hear('disconnect', 'transport close');
    socket.sent[0]!.fail();
    await settle();
    expect(socket.sent).toHaveLength(1);
    socket.hear('connect');
    expect(socket.sent[1]).toMatchObject({ name: 'ticket.call_next', body: socket.sent[0]!.body });
    socket.sent[1]!.answer({ ok: true, answer: { leg_id: 7 } });
    await expect(asked).resolves.toEqual({ leg_id: 7 });
  });

  test('what a closing connection answers is no answer: the ask is sent again', async () => {
    begin();
    const asked = link.ask('ticket.finish', { leg_id: 7 });
    socket.sent[0]!.answer('' as unknown as Reply<unknown>);
    await settle();
    expect(socket.sent[1]).toMatchObject({ name: 'ticket.finish', body: socket.sent[0]!.body });
    socket.sent[1]!.answer({ ok: true, answer: { leg_id: 7 } });
    await expect(asked).resolves.toEqual({ leg_id: 7 });
  });

  test('an ask that nobody answers is given up, with its outcome not known', async () => {
    begin();
    const asked = link.ask('ticket.call_next', { window_id: 'w1' });
    socket.hear('disconnect', 'transport close');
    const given = expect(asked).rejects.toBeInstanceOf(HallAway);
    await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
    await given;
    socket.hear('connect');
    expect(socket.sent).toHaveLength(1);
  });

  test('two presses are two asks', () => {
    begin();
    const never = () => undefined;
    link.ask('window.open', { window_id: 'w1' }).catch(never);
    link.ask('window.open', { window_id: 'w1' }).catch(never);
    expect(socket.sent[0]!.body['request_id']).not.toBe(socket.sent[1]!.body['request_id']);
  });
});

describe('hearing', () => {
  test('it says who it is and where it stands', async () => {
    const given = vi.fn();
    introduce(given);
    await settle();
    expect(given).toHaveBeenLastCalledWith({ token: 'page-token', cursor: 0, version: '0.1.0' });
    begin(100);
    push(100, 101);
    introduce(given);
    await settle();
    expect(given).toHaveBeenLastCalledWith({ token: 'page-token', cursor: 101, version: '0.1.0' });
  });

  test('a snapshot and what follows', () => {
    begin(100);
    push(100, 101, 102);
    expect(log).toEqual(['connecting', 'snapshot 100', 'live', 'event 101', 'event 102', 'live']);
  });

  test('a gap that stays is repaired by reading again, and nothing is lost meanwhile', async () => {
    begin(100);
    log.length = 0;
    push(105, 106);
    await vi.advanceTimersByTimeAsync(600);
    expect(socket.sent[0]).toMatchObject({ name: 'hall.snapshot', body: {} });
    push(106, 107);
    push(107, 108);
    socket.sent[0]!.answer({ ok: true, answer: snapshot({ seq: 107 }) });
    await settle();
    expect(log.filter((word) => word !== 'live')).toEqual(['snapshot 107', 'event 108']);
    expect(log.at(-1)).toBe('live');
  });

  test('after a break it comes back live with what it missed', () => {
    begin(100);
    socket.hear('disconnect', 'transport close');
    log.length = 0;
    socket.hear('connect');
    push(100, 101);
    expect(log).toEqual(['event 101', 'live']);
  });
});

describe('being turned away', () => {
  const refusal = { code: 'not_signed_in', zh: '请先登录', en: 'Sign in first', field: '' };

  test('it says why and tries again by itself', async () => {
    socket.active = false;
    socket.hear('connect_error', Object.assign(new Error('x'), { data: refusal }));
    expect(log).toEqual(['connecting', 'lost', 'refused not_signed_in']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.connects).toBe(2);
  });

  test('when the hall hangs up it comes back', async () => {
    begin();
    socket.hear('disconnect', 'io server disconnect');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.connects).toBe(2);
  });
});
