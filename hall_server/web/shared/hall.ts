// The hall for Vue: one per page, made in main.ts, found everywhere in the page by useHall().
import {
  computed,
  inject,
  onScopeDispose,
  ref,
  shallowRef,
  type App,
  type InjectionKey,
} from 'vue';
import { HallClock } from './clock';
import { VERSION, type Events, type HallEvent, type Refused, type Snapshot } from './contract';
import { Link, type LinkState } from './link';
import { apply, begin, mustReread, type HallState } from './state';

const KEY: InjectionKey<Hall> = Symbol('hall');

export interface HallOptions {
  hallUrl?: string;
  /** A station's page asks its station for the token anew at each connection. */
  token?: string | (() => Promise<string>);
}

type Listener = (event: HallEvent) => void;

/** Everything a page knows of the hall and may ask of it. */
export class Hall {
  /** Null until the first snapshot; stays as it was while the link is lost. */
  readonly state = shallowRef<HallState | null>(null);
  readonly link = ref<LinkState>('connecting');
  /** The hall's clock, moving on every second. */
  readonly now = ref(0);
  /** When the state was last known to be true, on the hall's clock. */
  readonly updatedAt = ref(0);
  /** Why the hall does not let this page in; null when it does. */
  readonly refused = shallowRef<Refused | null>(null);
  readonly live = computed(() => this.link.value === 'live');

  private readonly clock = new HallClock();
  private readonly line: Link;
  private readonly listeners = new Map<string, Set<Listener>>();
  private ticking = 0;

  constructor(options: HallOptions = {}) {
    const { token = '' } = options;
    this.line = new Link({
      hallUrl: options.hallUrl ?? '',
      token: typeof token === 'string' ? () => Promise.resolve(token) : token,
      version: VERSION,
      onSnapshot: (snapshot) => this.takeSnapshot(snapshot),
      onEvents: (events) => this.takeEvents(events),
      onState: (state) => (this.link.value = state),
      onRefused: (refused) => this.takeRefused(refused),
    });
  }

  install(app: App): void {
    app.provide(KEY, this);
  }

  open(): void {
    window.clearInterval(this.ticking);
    this.ticking = window.setInterval(() => this.tick(), 1_000);
    this.line.open();
  }

  close(): void {
    window.clearInterval(this.ticking);
    this.line.close();
    this.state.value = null;
  }

  /** Read the whole picture again, though nothing is known to be missing. */
  refresh(): void {
    this.line.rereadSoon();
  }

  readonly ask: Link['ask'] = (name, body) => this.line.ask(name, body);
  readonly read: Link['read'] = (name, body) => this.line.read(name, body);

  /** Hear each event of a kind as it comes; events of the past are never told. */
  on<K extends keyof Events>(type: K, listener: (event: Events[K]) => void): () => void {
    const heard = this.listeners.get(type) ?? new Set<Listener>();
    this.listeners.set(type, heard.add(listener as Listener));
    return () => heard.delete(listener as Listener);
  }

  private tick(): void {
    this.now.value = this.clock.now();
    if (this.link.value === 'live') this.updatedAt.value = this.now.value;
  }

  private takeSnapshot(snapshot: Snapshot): void {
    this.refused.value = null;
    this.clock.set(snapshot.at, snapshot.clock_rate);
    this.state.value = begin(snapshot);
    this.tick();
    reloadWhenBehind(snapshot.version);
  }

  private takeEvents(events: readonly HallEvent[]): void {
    if (this.state.value === null) return;
    this.refused.value = null;
    this.state.value = events.reduce(apply, this.state.value);
    for (const event of events) {
      this.clock.notBefore(event.at);
      for (const listener of this.listeners.get(event.type) ?? []) listener(event);
    }
    this.tick();
    if (events.some(mustReread)) this.line.rereadSoon();
  }

  private takeRefused(refused: Refused): void {
    this.refused.value = refused;
    if (refused.code === 'too_old') reloadOnce(refused.code);
  }
}

export function useHall(): Hall {
  const hall = inject(KEY);
  if (!hall) throw new Error('main.ts has not given the page a hall');
  return hall;
}

/** Hear events of a kind while this component lives. */
export function useEvent<K extends keyof Events>(
  type: K,
  listener: (event: Events[K]) => void,
): void {
  onScopeDispose(useHall().on(type, listener));
}

/** The hall was updated: the pages it serves now are newer than this one. */
function reloadWhenBehind(hallVersion: string): void {
  if (hallVersion && hallVersion !== VERSION) reloadOnce(hallVersion);
}

function reloadOnce(why: string): void {
  const key = 'hall.reloaded-for';
  if (sessionStorage.getItem(key) === why) return;
  sessionStorage.setItem(key, why);
  window.location.reload();
}
