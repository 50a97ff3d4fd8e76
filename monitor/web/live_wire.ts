// What the live pictures' door sends, taken apart: see monitor/live/stream.py. Pure but for the reading.

export type Kind = 'codec' | 'head' | 'fragments';

export interface LiveMessage {
  readonly kind: Kind;
  /** When its last fragment's first picture was taken, UTC ms, and where that is in the stream. */
  readonly takenAt: number;
  readonly mediaMs: number;
  readonly content: Uint8Array<ArrayBuffer>;
}

const KINDS: Record<number, Kind> = { 1: 'codec', 2: 'head', 3: 'fragments' };
const HEADER = 17;
const CONTENT_MOST = 16 * 1024 * 1024;

/** The door is away, has hung up, or says what it never would. */
export class NotLive extends Error {}

/** Takes bytes as they come and gives the messages that are complete. */
export class LiveWire {
  private bytes = new Uint8Array(0);

  *feed(more: Uint8Array): Generator<LiveMessage> {
    const joined = new Uint8Array(this.bytes.length + more.length);
    joined.set(this.bytes);
    joined.set(more, this.bytes.length);
    this.bytes = joined;
    while (this.bytes.length >= HEADER) {
      const view = new DataView(this.bytes.buffer, this.bytes.byteOffset);
      const kind = KINDS[view.getUint8(0)];
      const end = HEADER + view.getUint32(1);
      if (!kind || end > CONTENT_MOST) throw new NotLive();
      if (this.bytes.length < end) return;
      const content = this.bytes.slice(HEADER, end);
      const [takenAt, mediaMs] = [Number(view.getBigUint64(5)), view.getUint32(13)];
      this.bytes = this.bytes.subarray(end);
      yield { kind, takenAt, mediaMs, content };
    }
  }
}

/** What the door sends, in order, for as long as it does. */
export async function* messagesFrom(
  address: string,
  request: RequestInit,
): AsyncGenerator<LiveMessage> {
  const wire = new LiveWire();
  const answer = await fetch(address, request).catch(away);
  const reader = answer.ok ? answer.body?.getReader() : undefined;
  for (;;) {
    const told = await reader?.read().catch(away);
    if (!told || told.done) return;
    yield* wire.feed(told.value);
  }
}

/** A door that is away, and one that this page has hung up on, look the same from here. */
function away(): never {
  throw new NotLive();
}
