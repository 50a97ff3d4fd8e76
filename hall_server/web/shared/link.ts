// The line to the hall: Socket.IO over WebSocket only. It resumes from the last event seen, repairs
// gaps by reading again, and keeps every ask with its request_id until it is answered.
import { io, type Socket } from 'socket.io-client';
import type { Asks, HallEvent, Push, Reads, Refused, Snapshot } from './contract';
import type { Body } from './http';
import { HallAway, newRequestId, RefusedByHall, unwrap, type Reply } from './refused';

export type LinkState = 'connecting' | 'live' | 'lost';

const TRY_MS = 8_000;
/** An ask is sent again over every new connection until it is this old. */
const GIVE_UP_MS = 30_000;
const RETRY_REFUSED_MS = 5_000;

export interface LinkOptions {
  /** The hall's origin; empty where the hall itself serves the page. */
  hallUrl: string;
  /** Page token of a station; empty to be known by the cookie. */
  token: string;
  version: string;
  onSnapshot(snapshot: Snapshot): void;
  onEvents(events: readonly HallEvent[]): void;
  onState(state: LinkState): void;
  /** The hall does not let this page in (not signed in, too old…); the link goes on trying. */
  onRefused(refused: Refused): void;
}

interface Pending {
  name: string;
  body: object;
  bornMs: number;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Link {
  private readonly socket: Socket;
  private readonly pending = new Set<Pending>();
  private cursor = 0;
  private rereading = false;
  private retry = 0;

  constructor(private readonly options: LinkOptions) {
    const auth = (give: (data: object) => void) =>
      give({
        ...(options.token ? { token: options.token } : {}),
        cursor: this.cursor,
        version: options.version,
      });
    this.socket = io(options.hallUrl || window.location.origin, {
      transports: ['websocket'],
      withCredentials: true,
      auth,
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      timeout: 5_000,
      autoConnect: false,
    });
    this.socket.on('connect', () => this.resendAll());
    this.socket.on('disconnect', (reason) => {
      options.onState('lost');
      // The library leaves it to us to come back after the hall itself has hung up.
      if (reason === 'io server disconnect') this.reconnectLater();
    });
    this.socket.on('connect_error', (error: Error & { data?: Partial<Refused> }) => {
      options.onState('lost');
      if (error.data?.code) options.onRefused(error.data as Refused);
      if (!this.socket.active) this.reconnectLater();
    });
    this.socket.on('snapshot', (snapshot: Snapshot) => this.takeSnapshot(snapshot));
    this.socket.on('push', (push: Push) => this.takePush(push));
  }

  open(): void {
    this.options.onState('connecting');
    this.socket.connect();
  }

  close(): void {
    window.clearTimeout(this.retry);
    this.socket.disconnect();
    for (const ask of this.pending) ask.reject(new HallAway());
    this.pending.clear();
  }

  ask<K extends keyof Asks>(name: K, body: Body<Asks[K]['ask']>): Promise<Asks[K]['answer']> {
    return new Promise<Asks[K]['answer']>((resolve, reject) => {
      const ask: Pending = {
        name,
        body: { ...body, request_id: newRequestId() },
        bornMs: performance.now(),
        resolve: resolve as (answer: unknown) => void,
        reject,
      };
      this.pending.add(ask);
      void this.send(ask);
      window.setTimeout(() => {
        if (this.pending.delete(ask)) reject(new HallAway());
      }, GIVE_UP_MS);
    });
  }

  async read<K extends keyof Reads>(name: K, body: Reads[K]['read']): Promise<Reads[K]['answer']> {
    if (!this.socket.connected) throw new HallAway();
    return unwrap(await this.emit<Reads[K]['answer']>(name, body));
  }

  private async emit<A>(name: string, body: object): Promise<Reply<A>> {
    try {
      return (await this.socket.timeout(TRY_MS).emitWithAck(name, body)) as Reply<A>;
    } catch {
      throw new HallAway();
    }
  }

  private async send(ask: Pending): Promise<void> {
    if (!this.socket.connected) return;
    try {
      const reply = await this.emit<unknown>(ask.name, ask.body);
      if (this.pending.delete(ask)) ask.resolve(unwrap(reply));
    } catch (error) {
      if (error instanceof RefusedByHall) ask.reject(error);
      // Otherwise it stays pending: the next connection sends it again under the same request_id.
    }
  }

  private resendAll(): void {
    for (const ask of this.pending) void this.send(ask);
  }

  private reconnectLater(): void {
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.socket.connect(), RETRY_REFUSED_MS);
  }

  private takeSnapshot(snapshot: Snapshot): void {
    this.cursor = snapshot.seq;
    this.options.onSnapshot(snapshot);
    this.options.onState('live');
  }

  private takePush(push: Push): void {
    if (this.cursor < push.since) {
      void this.reread();
      return;
    }
    const fresh = push.events.filter(({ seq }) => seq > this.cursor);
    this.cursor = Math.max(this.cursor, push.upto);
    this.options.onEvents(fresh);
    this.options.onState('live');
  }

  /** Something was missed: the whole picture again. */
  async reread(): Promise<void> {
    if (this.rereading) return;
    this.rereading = true;
    try {
      this.takeSnapshot(await this.read('hall.snapshot', {}));
    } catch {
      // The next push tells of the gap again, and a new connection begins with a snapshot.
    } finally {
      this.rereading = false;
    }
  }
}
