// Stating cameras: the hall's word is asked for, then this monitor's own door (setting_up/door.py).
import { onMounted, ref, shallowRef } from 'vue';
import type { CameraAct, Words } from '@shared/contract';
import { useHall } from '@shared/hall';
import { faultText, type Notices } from '@shared/notices';
import { language } from '@shared/words';
import type { DrawnZone } from './zones';

const RENEW_BEFORE_MS = 30_000;

export interface Sentence {
  zh: string;
  en: string;
}

/** A camera as the monitor shows it: no account, no password. */
export interface KnownCamera {
  id: string;
  name: Words;
  address: string;
  sub_address: string;
  device: string;
  has_account: boolean;
  windows: string[];
  purpose: 'supervision' | 'security';
  schedule: 'opening' | 'always' | 'never';
  zones: DrawnZone[];
}

export interface Known {
  version: string;
  cameras: KnownCamera[];
  networks: string[];
}

/** A camera as the page states it; without zones they stay as they are. */
export interface Statement extends Omit<KnownCamera, 'has_account' | 'zones'> {
  zones?: DrawnZone[];
  account: string;
  password: string;
}

export interface Stream {
  address: string;
  profile: { codec: string; width: number; height: number; frames_per_s: number };
}

export interface Told {
  maker: { maker: string; model: string; firmware: string };
  skew_ms: number | null;
  channels: { main: Stream; sub: Stream | null }[];
}

export interface StreamFacts {
  codec: string;
  width: number;
  height: number;
  stated_rate: number;
  rate: number;
  key_every_ms: number;
  is_key_seen_again: boolean;
  kilobits_per_s: number;
}

export interface Tried {
  type: 'tried';
  main: StreamFacts;
  sub: StreamFacts | null;
  skew_ms: number | null;
  notes: Sentence[];
}

export interface FoundCamera {
  address: string;
  name: string;
  model: string;
}

export type TrialAnswer =
  | ({ type: 'progress' | 'failed' } & Sentence)
  | { type: 'found'; cameras: FoundCamera[]; networks: string[] }
  | { type: 'told'; told: Told }
  | { type: 'pictured'; jpeg: string }
  | Tried;

export type Task =
  | { type: 'find' }
  | { type: 'ask'; host: string; account: string; password: string }
  | { type: 'statement'; statement: Statement };

export type Hear = (answer: TrialAnswer) => void;

const NO_ANSWER: Sentence = { zh: '监控端没有应答', en: 'the monitor does not answer' };

const CONFLICT = 409;

/** The door's own words for what it will not do; or it said nothing that we know. */
class Turned extends Error {
  constructor(
    readonly told: Sentence,
    readonly status = 0,
  ) {
    super(told.en);
  }
}

export const told = (sentence: Sentence): string => sentence[language.value];

export function useSetUp(notices: Notices) {
  const hall = useHall();
  const known = shallowRef<Known>();
  const isBusy = ref(false);
  let probing = { token: '', until: 0 };

  async function word(act: CameraAct, id = ''): Promise<string> {
    if (act === 'probe' && probing.until - RENEW_BEFORE_MS > hall.now.value) return probing.token;
    const answer = await hall.ask('camera.arrange', { act, camera_id: id });
    if (act === 'probe') probing = { token: answer.token, until: answer.expires_at };
    return answer.token;
  }

  async function send(what: string, body: unknown, token: string): Promise<Response> {
    const answer = await fetch(`/set-up/${what}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => Promise.reject(new Turned(NO_ANSWER)));
    if (answer.ok) return answer;
    const why = answer.json().catch(() => NO_ANSWER) as Promise<Sentence>;
    throw new Turned(await why, answer.status);
  }

  /** One thing at a time. Why it was not done, in words; empty when it was. */
  async function done(doing: () => Promise<void>): Promise<string> {
    isBusy.value = true;
    try {
      await doing();
      return '';
    } catch (error) {
      return error instanceof Turned ? told(error.told) : faultText(error);
    } finally {
      isBusy.value = false;
    }
  }

  /** What goes wrong is told in passing. Whether it was done. */
  async function act(doing: () => Promise<void>): Promise<boolean> {
    const why = await done(doing);
    if (why) notices.tell(why, 'warn');
    return !why;
  }

  async function read(): Promise<void> {
    const answer = await send('known', {}, await word('probe'));
    known.value = (await answer.json()) as Known;
  }

  const hearing = (task: unknown, token: () => Promise<string>, hear: Hear) =>
    act(async () => {
      const answer = await send('try', task, await token());
      for await (const line of lines(answer)) hear(JSON.parse(line) as TrialAnswer);
    });
  const attempt = (task: Task, hear: Hear) => hearing(task, () => word('probe'), hear);
  /** One still, for which the hall writes down who has seen that camera. */
  const see = (statement: Statement, hear: Hear) =>
    hearing({ type: 'picture', statement }, () => word('picture', statement.id), hear);

  /** Why it was not saved; empty when it was. What somebody else has changed is read before a second try. */
  const save = (statement: Statement) =>
    done(async () => {
      const isKnown = known.value?.cameras.some((one) => one.id === statement.id);
      const token = await word(isKnown ? 'change' : 'add', statement.id);
      const body = { version: known.value?.version, statement };
      try {
        known.value = (await (await send('save', body, token)).json()) as Known;
      } catch (error) {
        if (error instanceof Turned && error.status === CONFLICT) await read();
        throw error;
      }
    });

  const remove = (id: string) =>
    act(async () => {
      const token = await word('remove', id);
      const body = { version: known.value?.version, id };
      known.value = (await (await send('remove', body, token)).json()) as Known;
    });

  onMounted(() => void act(read));
  return { known, isBusy, attempt, see, save, remove };
}

async function* lines(answer: Response): AsyncGenerator<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    const parts = (rest + piece.value).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter(Boolean);
  }
  if (rest) yield rest;
}
