// Puts what the hall pushes into its order, and notices what is missing. Pure; the same as
// hall_server/contract/sequence.py, which explains it.
//
//   upto <= place            seen already: nothing new
//   since <= place < upto    continues: give the events after the place, move to upto
//   place < since            something between is missing: keep it and wait a moment
import type { HallEvent, Push } from './contract';

const HELD_MAX = 256;

export class Sequence {
  private readonly held = new Map<number, Push>();
  private waiting = false;

  /** `place`: the seq of the last snapshot or event taken in; 0 for nothing yet. */
  constructor(public place = 0) {}

  /** Whether something is held because what goes before it has not come. */
  get hasGap(): boolean {
    return this.held.size > 0 && !this.waiting;
  }

  /** A snapshot has been asked for: hold everything until it is here. */
  await(): void {
    this.waiting = true;
  }

  /** A snapshot brought us to `place`: give what was held and goes on from there. */
  restart(place: number): HallEvent[] {
    this.place = place;
    this.waiting = false;
    return this.goOn();
  }

  /** The snapshot did not come: go on from where we stand. */
  resume(): HallEvent[] {
    this.waiting = false;
    return this.goOn();
  }

  /** A new connection will tell again what was held for the old one. */
  forgetHeld(): void {
    this.held.clear();
    this.waiting = false;
  }

  /** The events that can be given now, in order, none twice. */
  take(push: Push): HallEvent[] {
    if (push.upto > this.place && this.held.size < HELD_MAX) this.held.set(push.since, push);
    return this.goOn();
  }

  private goOn(): HallEvent[] {
    const ready: HallEvent[] = [];
    if (this.waiting) return ready;
    for (const since of [...this.held.keys()].sort((a, b) => a - b)) {
      if (since > this.place) break;
      const push = this.held.get(since)!;
      this.held.delete(since);
      ready.push(...push.events.filter(({ seq }) => seq > this.place));
      this.place = Math.max(this.place, push.upto);
    }
    return ready;
  }
}
