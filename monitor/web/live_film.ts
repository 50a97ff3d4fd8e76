// A <video> that plays what comes, as close to now as it can: Media Source Extensions.
import type { LiveMessage } from './live_wire';

/** Behind the newest picture by more than this it hurries, by more than that it leaps. */
const HURRY_BEHIND_S = 0.3;
const LEAP_BEHIND_S = 1;
const HURRY = 1.1;
const EDGE_S = 0.1;
const KEEP_S = 10;
const WAIT_MS = 5_000;

/** This browser does not know the codec. */
export class CannotPlay extends Error {}
/** Another film must be begun: the stream has, or this one is spoilt. */
export class BeginsAnew extends Error {}

export class LiveFilm {
  private readonly source = new MediaSource();
  private readonly address = URL.createObjectURL(this.source);
  private buffer: SourceBuffer | undefined;
  private newest: { takenAt: number; mediaMs: number } | undefined;

  constructor(private readonly video: HTMLVideoElement) {
    video.src = this.address;
  }

  static isPossible(): boolean {
    return 'MediaSource' in window;
  }

  /** Take one message; the next is given when this has been taken. */
  async add(message: LiveMessage): Promise<void> {
    if (message.kind === 'codec') await this.begin(new TextDecoder().decode(message.content));
    else await this.append(message.content);
    if (message.kind !== 'fragments') return;
    this.newest = message;
    this.keepUp();
    await this.trim();
  }

  /** When the picture in sight was taken; undefined until there is one. */
  get takenAt(): number | undefined {
    if (!this.newest || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)
      return undefined;
    return this.newest.takenAt + this.video.currentTime * 1000 - this.newest.mediaMs;
  }

  close(): void {
    this.video.removeAttribute('src');
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private async begin(codec: string): Promise<void> {
    if (this.buffer) throw new BeginsAnew();
    const kind = `video/mp4; codecs="${codec}"`;
    if (!MediaSource.isTypeSupported(kind)) throw new CannotPlay(codec);
    if (this.source.readyState !== 'open') await once(this.source, 'sourceopen');
    this.buffer = this.source.addSourceBuffer(kind);
  }

  private async append(content: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.buffer) throw new BeginsAnew();
    this.buffer.appendBuffer(content);
    await once(this.buffer, 'updateend');
    if (this.video.error) throw new BeginsAnew();
  }

  /** A player that waits for data stays behind for ever, unless it is told to catch up. */
  private keepUp(): void {
    const ranges = this.video.buffered;
    if (!ranges.length) return;
    const last = ranges.length - 1;
    const behind = ranges.end(last) - this.video.currentTime;
    if (behind > LEAP_BEHIND_S || this.video.currentTime < ranges.start(last))
      this.video.currentTime = Math.max(ranges.start(last), ranges.end(last) - EDGE_S);
    this.video.playbackRate = behind > HURRY_BEHIND_S ? HURRY : 1;
    // A page that is left while it begins to play tells so by refusing; nothing is lost by it.
    if (this.video.paused) this.video.play().catch(() => undefined);
  }

  private async trim(): Promise<void> {
    const past = this.video.currentTime - KEEP_S;
    if (!this.buffer?.buffered.length || this.buffer.buffered.start(0) >= past - KEEP_S) return;
    this.buffer.remove(0, past);
    await once(this.buffer, 'updateend');
  }
}

export function once(target: EventTarget, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new BeginsAnew()), WAIT_MS);
    const came = (): void => (clearTimeout(limit), resolve());
    target.addEventListener(name, came, { once: true });
  });
}
