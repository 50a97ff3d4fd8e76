// A <video> that plays a recording, part by part, on the clock of the wall: Media Source Extensions.
// Going elsewhere drops what was there and asks anew, so that each seek is one the door has noted.
import { BeginsAnew, CannotPlay, once } from './live_film';
import { NotGiven, type FilmPart, type Recordings, type Stretch } from './recordings';

const PART_MS = 10_000;
const AHEAD_MS = 20_000;
const KEEP_BEHIND_S = 30;
const LOOK_EVERY_MS = 200;
const AGAIN_MS = 2_000;
const AT_THE_EDGE_S = 0.35;

export interface Surroundings {
  /** What there is, as far as is known now. */
  recorded(): readonly Stretch[];
  /** The hall's clock. */
  now(): number;
  fault(error: unknown): void;
}

export class RecordedFilm {
  private readonly source = new MediaSource();
  private readonly address = URL.createObjectURL(this.source);
  private buffer: SourceBuffer | undefined;
  private originAt: number | undefined;
  private over = new AbortController();
  private busy: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly recordings: Recordings,
    private readonly span: Stretch,
    private readonly around: Surroundings,
  ) {
    video.src = this.address;
  }

  static isPossible(): boolean {
    return 'MediaSource' in window;
  }

  /** When the picture at this media time was taken. */
  taken(mediaS: number): number | undefined {
    return this.originAt === undefined ? undefined : this.originAt + mediaS * 1000;
  }

  /** Go to a moment; the last wish wins. */
  go(at: number): void {
    this.over.abort();
    const { signal } = (this.over = new AbortController());
    this.busy = this.busy
      .then(() => (signal.aborted ? undefined : this.play(at, signal)))
      .catch((error: unknown) => {
        if (!signal.aborted) this.around.fault(error);
      });
  }

  /** A small step inside what is there; false where that is not possible. */
  step(at: number): boolean {
    if (this.originAt === undefined) return false;
    const wanted = (at - this.originAt) / 1000;
    if (this.rangeOf(wanted) === undefined) return false;
    this.video.currentTime = wanted;
    return true;
  }

  close(): void {
    this.over.abort();
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private async play(at: number, signal: AbortSignal): Promise<void> {
    await this.empty();
    let next = at;
    let isFirst = true;
    while (!signal.aborted && next < this.span.ends_at) {
      const part = await this.part(next, signal);
      if (part === undefined) {
        next = await this.afterNothing(next, signal);
        continue;
      }
      await this.append(part);
      if (signal.aborted) return;
      if (isFirst) this.begin(at);
      isFirst = false;
      next = Math.max(part.endsAt, next + 1);
      await this.waitUntilNeeded(next, signal);
    }
    if (!signal.aborted && this.source.readyState === 'open') this.source.endOfStream();
  }

  private begin(at: number): void {
    const wanted = (at - (this.originAt ?? at)) / 1000;
    const { buffered } = this.video;
    const later = this.rangeOf(wanted) === undefined ? nextStart(buffered, wanted) : undefined;
    this.video.currentTime = later ?? wanted;
  }

  private async part(from: number, signal: AbortSignal): Promise<FilmPart | undefined> {
    const to = Math.min(from + PART_MS, this.span.ends_at);
    try {
      return await this.recordings.film(from, to, signal);
    } catch (error) {
      if (error instanceof NotGiven && error.why === 'none') return undefined;
      throw error;
    }
  }

  /** Where something is recorded again; what is being recorded now is waited for. */
  private async afterNothing(from: number, signal: AbortSignal): Promise<number> {
    const stretches = this.around.recorded();
    const later = stretches.find((one) => one.ends_at > from + PART_MS);
    if (later) return Math.max(later.begins_at, from + PART_MS);
    if (this.around.now() > from + PART_MS + AGAIN_MS) return this.span.ends_at;
    await pause(AGAIN_MS, signal);
    return from;
  }

  private async waitUntilNeeded(next: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && next - (this.taken(this.video.currentTime) ?? next) > AHEAD_MS) {
      await pause(LOOK_EVERY_MS, signal);
    }
    await this.trim();
  }

  /** A player stops where a gap begins: what follows is gone on with. How much was leapt over. */
  leap(): number {
    const { buffered, currentTime } = this.video;
    const here = this.rangeOf(currentTime);
    if (here !== undefined && buffered.end(here) - currentTime > AT_THE_EDGE_S) return 0;
    const later = nextStart(buffered, currentTime);
    if (later === undefined) return 0;
    this.video.currentTime = later;
    return (later - currentTime) * 1000;
  }

  private async append(part: FilmPart): Promise<void> {
    const kind = `video/mp4; codecs="${part.codec}"`;
    if (!MediaSource.isTypeSupported(kind)) throw new CannotPlay(part.codec);
    if (!this.buffer) {
      if (this.source.readyState !== 'open') await once(this.source, 'sourceopen');
      this.buffer = this.source.addSourceBuffer(kind);
    } else this.buffer.changeType(kind);
    this.originAt = part.originAt;
    this.buffer.appendBuffer(part.content);
    await once(this.buffer, 'updateend');
    if (this.video.error) throw new BeginsAnew();
  }

  private async empty(): Promise<void> {
    if (!this.buffer?.buffered.length) return;
    if (this.source.readyState === 'open') this.buffer.abort();
    this.buffer.remove(0, Infinity);
    await once(this.buffer, 'updateend');
  }

  private async trim(): Promise<void> {
    const past = this.video.currentTime - KEEP_BEHIND_S;
    const { buffer } = this;
    if (!buffer?.buffered.length || buffer.buffered.start(0) >= past - KEEP_BEHIND_S) return;
    buffer.remove(0, past);
    await once(buffer, 'updateend');
  }

  private rangeOf(seconds: number): number | undefined {
    const { buffered } = this.video;
    for (let place = 0; place < buffered.length; place += 1) {
      if (buffered.start(place) <= seconds && seconds <= buffered.end(place)) return place;
    }
    return undefined;
  }
}

function nextStart(buffered: TimeRanges, seconds: number): number | undefined {
  for (let place = 0; place < buffered.length; place += 1) {
    if (buffered.start(place) > seconds) return buffered.start(place);
  }
  return undefined;
}

/** Ends early where nobody waits any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(limit), resolve()), { once: true });
  });
}
