// What can go wrong with an ask, by whose doing: the hall refused it, or the hall is not there.
import type { Refused } from './contract';

/** The hall said no; nothing was changed. `refused` has the sentence in both languages. */
export class RefusedByHall extends Error {
  constructor(readonly refused: Refused) {
    super(refused.en);
  }
}

/** No answer: the hall is away, or did not answer in time. What became of the ask is not known. */
export class HallAway extends Error {
  constructor() {
    super('the hall does not answer');
  }
}

/** The acknowledgement of the Socket.IO door. */
export type Reply<A> = { ok: true; answer: A } | { ok: false; refused: Refused };

export function unwrap<A>(reply: Reply<A>): A {
  if (reply.ok) return reply.answer;
  throw new RefusedByHall(reply.refused);
}

/**
 * A name for one press of a button, kept until it is answered. Not `crypto.randomUUID`: a hall
 * without a certificate is no secure context.
 */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
