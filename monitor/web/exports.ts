// Exports and holds as the hall tells them: read anew whenever one is heard of, and often while one
// is being made, for how far it is stands in no event.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue';
import type { Asks, ExportSummary, ExportsView } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import type { Notices } from '@shared/notices';

const PAGE = 50;
const MOST = 100;
const PROGRESS_EVERY_MS = 2_000;

export type Fetched = 'ok' | 'away' | 'gone';

export function useExports(notices: Notices) {
  const hall = useHall();
  /** Undefined until it has been read once. */
  const seen = shallowRef<ExportsView>();
  const limit = ref(PAGE);
  const hasMore = computed(() => seen.value?.exports.length === limit.value && limit.value < MOST);

  async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      notices.fault(error);
      return undefined;
    }
  }

  const load = () =>
    attempt(async () => {
      seen.value = await hall.read('export.list', { limit: limit.value });
    });
  const heard = () => void load();

  /** Whether the hall has accepted it. */
  async function act<K extends 'export.approve' | 'export.refuse' | 'recording.lift'>(
    name: K,
    body: Omit<Asks[K]['ask'], 'request_id'>,
  ): Promise<boolean> {
    return (await attempt(() => hall.ask(name, body as never))) !== undefined;
  }

  const ask = (body: Omit<Asks['export.ask']['ask'], 'request_id'>) =>
    attempt(() => hall.ask('export.ask', body));
  const hold = (body: Omit<Asks['recording.hold']['ask'], 'request_id'>) =>
    attempt(() => hall.ask('recording.hold', body));

  /** Let the browser save it; the hall has recorded this before it gives its word. */
  const download = (one: ExportSummary, liveUrl: string) =>
    attempt(async (): Promise<Fetched> => {
      const { token } = await hall.ask('export.download', { export_id: one.export_id });
      const url = `${liveUrl}/exports/${one.export_id}`;
      const there = await look(url, token);
      if (there === 'ok') save(url, token);
      heard();
      return there;
    });

  function more(): void {
    limit.value = MOST;
    heard();
  }

  const kinds = ['asked', 'approved', 'refused', 'made', 'failed', 'expired'] as const;
  for (const kind of kinds) useEvent(`export.${kind}`, heard);
  useEvent('recording.held', heard);
  useEvent('recording.lifted', heard);
  watch(hall.live, (live) => live && heard());
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    heard();
    timer = setInterval(() => {
      const isMaking = seen.value?.exports.some((one) => one.state === 'approved');
      if (isMaking && hall.live.value) heard();
    }, PROGRESS_EVERY_MS);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return { seen, hasMore, more, act, ask, hold, download, live: hall.live };
}

/** Ask first: a form that fails would leave the page for an empty one. */
async function look(url: string, token: string): Promise<Fetched> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(url, { method: 'HEAD', headers })).ok ? 'ok' : 'gone';
  } catch {
    return 'away'; // fetch tells no more of a place that does not answer
  }
}

/** A form, so that the browser writes to the disk as it comes, and no address holds the word. */
function save(url: string, token: string): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = url;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'token';
  field.value = token;
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
}

/** `11-28 09:12:05` at the hall. */
export function stamp(ms: number, offsetMinutes: number): string {
  return new Date(ms + offsetMinutes * 60_000).toISOString().slice(5, 19).replace('T', ' ');
}

/** `12.3 MB`, or `51 kB`. */
export function size(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 100_000_000 ? 1 : 0)} MB`;
}
