// The door to recordings as a page asks it: see monitor/lookback/door.py. All times are UTC ms.

export interface Stretch {
  begins_at: number;
  ends_at: number;
}

export type Cause =
  | 'offline'
  | 'refused'
  | 'clock'
  | 'disk'
  | 'broken'
  | 'schedule'
  | 'stopped'
  | 'crash'
  | 'unknown';

export interface Timeline {
  camera_id: string;
  /** Whether it may be seen in motion. */
  moves: boolean;
  /** Whether a recorder of its own can be asked as well. */
  has_recorder: boolean;
  recorded: Stretch[];
  gaps: (Stretch & { cause: Cause })[];
}

export interface FilmPart {
  content: ArrayBuffer;
  codec: string;
  /** Where media time 0 is. */
  originAt: number;
  /** Where the next part begins. */
  endsAt: number;
}

export interface StillPicture {
  content: Blob;
  takenAt: number;
}

/** Why nothing is given: the door is away, too many look, not admitted, not recorded, masked. */
export type Why = 'away' | 'full' | 'forbidden' | 'none' | 'masked';

export class NotGiven extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}

const NOTHING_RECORDED = 204;
const WHY: Record<number, Why> = { 401: 'forbidden', 403: 'forbidden', 409: 'masked' };

export class Recordings {
  constructor(
    private readonly url: string,
    private readonly cameraId: string,
    /** The hall's word, good for some seconds at least. */
    private readonly word: () => Promise<string>,
  ) {}

  async timeline(from: number, to: number): Promise<Timeline> {
    const answer = await this.ask('timeline', { from, to });
    return (await answer.json().catch(away)) as Timeline;
  }

  async film(from: number, to: number, signal: AbortSignal): Promise<FilmPart> {
    const answer = await this.ask('film', { from, to }, signal);
    const told = (name: string) => answer.headers.get(name) ?? '';
    return {
      content: await answer.arrayBuffer().catch(away),
      codec: told('X-Codec'),
      originAt: Number(told('X-Origin-At')),
      endsAt: Number(told('X-Ends-At')),
    };
  }

  async still(at: number, signal: AbortSignal): Promise<StillPicture> {
    const answer = await this.ask('still', { at }, signal);
    const takenAt = Number(answer.headers.get('X-Taken-At'));
    return { content: await answer.blob().catch(away), takenAt };
  }

  async recorderLink(at: number): Promise<string> {
    const answer = await this.ask('recorder', { at });
    return ((await answer.json().catch(away)) as { link: string }).link;
  }

  private async ask(
    what: string,
    moments: Record<string, number>,
    signal?: AbortSignal,
  ): Promise<Response> {
    const query = Object.entries(moments).map(([name, at]) => `${name}=${Math.round(at)}`);
    const headers = { Authorization: `Bearer ${await this.word()}` };
    const address = `${this.url}/lookback/${this.cameraId}/${what}?${query.join('&')}`;
    const answer = await fetch(address, { headers, signal: signal ?? null }).catch(away);
    if (answer.status === NOTHING_RECORDED) throw new NotGiven('none');
    if (answer.ok) return answer;
    throw new NotGiven(WHY[answer.status] ?? (answer.status === 429 ? 'full' : 'away'));
  }
}

/** A door that is away and one that this page no longer waits for look the same from here. */
function away(): never {
  throw new NotGiven('away');
}
