// The line to the hall: Socket.IO over WebSocket only. It resumes from the last event seen, repairs
// gaps by reading again, and keeps every ask with its request_id until it is answered.
import { io, type Socket } from 'socket.io-client';
import type { Asks, HallEvent, Push, Reads, Refused, Snapshot } from './contract';
import type { Body } from './http';
import { HallAway, newRequestId, RefusedByHall, unwrap, type Reply } from './refused';
import { Sequence } from './sequence';

export type LinkState = 'connecting' | 'live' | 'lost';

const TRY_MS = 8_000;
/** An ask is sent again over every new connection until it is this old. */
export const GIVE_UP_MS = 30_000;
const RETRY_REFUSED_MS = 5_000;
/** Two pushes may overtake each other by a hair; what is missing longer than this is lost. */
const GAP_PATIENCE_MS = 500;

export interface LinkOptions {
  /** The hall's origin; empty where the hall itself serves the page. */
  hallUrl: string;
  /** Page token of a station, as it is now; empty to be known by the cookie. */
  token(): Promise<string>;
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
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Link {
  private readonly socket: Socket;
  private readonly pending = new Set<Pending>();
  private readonly sequence = new Sequence();
  private reconnecting: ReturnType<typeof setTimeout> | undefined;
  private repairing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LinkOptions) {
    this.socket = io(options.hallUrl || location.origin, {
      transports: ['websocket'],
      withCredentials: true,
      auth: (give) => void this.introduce(give),
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      timeout: 5_000,
      autoConnect: false,
    });
    this.socket.on('connect', () => this.resendAll());
    this.socket.on('disconnect', (reason) => this.lost(reason));
    this.socket.on('connect_error', (error) => this.notLetIn(error));
    this.socket.on('snapshot', (snapshot: Snapshot) => this.takeSnapshot(snapshot));
    this.socket.on('push', (push: Push) => this.takePush(push));
  }

  open(): void {
    this.options.onState('connecting');
    this.socket.connect();
  }

  close(): void {
    clearTimeout(this.reconnecting);
    clearTimeout(this.repairing);
    this.socket.disconnect();
    this.sequence.forgetHeld();
    this.sequence.place = 0;
    for (const ask of this.pending) ask.reject(new HallAway());
    this.pending.clear();
  }

  /** Rejects with RefusedByHall, or with HallAway when what became of it is not known. */
  ask<K extends keyof Asks>(name: K, body: Body<Asks[K]['ask']>): Promise<Asks[K]['answer']> {
    return new Promise<Asks[K]['answer']>((resolve, reject) => {
      const ask: Pending = {
        name,
        body: { ...body, request_id: newRequestId() },
        resolve: resolve as (answer: unknown) => void,
        reject,
      };
      this.pending.add(ask);
      void this.send(ask);
      setTimeout(() => {
        if (this.pending.delete(ask)) reject(new HallAway());
      }, GIVE_UP_MS);
    });
  }

  async read<K extends keyof Reads>(name: K, body: Reads[K]['read']): Promise<Reads[K]['answer']> {
    if (!this.socket.connected) throw new HallAway();
    return unwrap(await this.emit<Reads[K]['answer']>(name, body));
  }

  /** The facts changed, or something was missed: the whole picture again, once for a burst. */
  rereadSoon(): void {
    clearTimeout(this.repairing);
    this.repairing = setTimeout(() => void this.reread(), GAP_PATIENCE_MS);
  }

  private async introduce(give: (data: object) => void): Promise<void> {
    const token = await this.options.token();
    const { version } = this.options;
    give({ ...(token ? { token } : {}), cursor: this.sequence.place, version });
  }

  private lost(reason: string): void {
    this.options.onState('lost');
    this.sequence.forgetHeld();
    // The library leaves it to us to come back after the hall itself has hung up.
    if (reason === 'io server disconnect') this.reconnectLater();
  }

  private notLetIn(error: Error & { data?: Partial<Refused> }): void {
    this.options.onState('lost');
    if (error.data?.code) this.options.onRefused(error.data as Refused);
    if (!this.socket.active) this.reconnectLater();
  }

  private reconnectLater(): void {
    clearTimeout(this.reconnecting);
    this.reconnecting = setTimeout(() => this.socket.connect(), RETRY_REFUSED_MS);
  }

  private async emit<A>(name: string, body: object): Promise<Reply<A>> {
    try {
      const reply: unknown = await this.socket.timeout(TRY_MS).emitWithAck(name, body);
      // While a connection is being closed the hall's library itself answers ['', 400].
      if (typeof reply === 'object' && reply !== null) return reply as Reply<A>;
    } catch {
      // Not answered; told below.
    }
    throw new HallAway();
  }

  private async send(ask: Pending): Promise<void> {
    if (!this.socket.connected) return;
    try {
      const reply = await this.emit<unknown>(ask.name, ask.body);
      if (this.pending.delete(ask)) ask.resolve(unwrap(reply));
    } catch (error) {
      if (error instanceof RefusedByHall) ask.reject(error);
      // Otherwise it stays pending: it is sent again, always under the same request_id.
      else if (this.pending.has(ask)) void this.send(ask);
    }
  }

  private resendAll(): void {
    for (const ask of this.pending) void this.send(ask);
  }

  private takeSnapshot(snapshot: Snapshot): void {
    this.options.onSnapshot(snapshot);
    this.deliver(this.sequence.restart(snapshot.seq));
  }

  private takePush(push: Push): void {
    this.deliver(this.sequence.take(push));
  }

  private deliver(events: readonly HallEvent[]): void {
    this.options.onEvents(events);
    if (this.sequence.hasGap) this.rereadSoon();
    else if (this.socket.connected) this.options.onState('live');
  }

  private async reread(): Promise<void> {
    this.sequence.await();
    try {
      this.takeSnapshot(await this.read('hall.snapshot', {}));
    } catch {
      // A new connection begins with what is missing; without one there is nothing to hear.
      this.deliver(this.sequence.resume());
    }
  }
}
