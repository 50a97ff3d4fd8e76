// The facts as the hall states them, with the version that every change names.
import { inject, provide, ref, shallowRef, type InjectionKey } from 'vue';
import type { FactFault, HallFacts, Refused } from '@shared/contract';
import { postAsk, postRead } from '@shared/http';
import { HallAway, RefusedByHall } from '@shared/refused';
import type { Fields } from './json';
import type { Kind } from './kinds';
import { Schema } from './schema';

export type Trouble = Refused | 'away' | null;

/** Why an ask came to nothing; anything else is a bug and rises. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof RefusedByHall) return error.refused;
  if (error instanceof HallAway) return 'away';
  throw error;
}

export class FactsStore {
  readonly facts = shallowRef<HallFacts | null>(null);
  readonly version = ref(0);
  readonly schema = shallowRef<Schema | null>(null);
  readonly trouble = shallowRef<Trouble>(null);
  /** Whether this person may change facts. */
  readonly mayChange = ref(false);

  async load(): Promise<void> {
    try {
      if (!this.schema.value) {
        this.schema.value = new Schema((await postRead('facts.schema', {})).schema);
      }
      await this.reload();
      this.trouble.value = null;
    } catch (error) {
      this.trouble.value = troubleOf(error);
    }
  }

  async reload(): Promise<void> {
    const view = await postRead('facts.read', {});
    this.facts.value = view.facts;
    this.version.value = view.version;
  }

  async check(kind: Kind, record: Fields): Promise<FactFault[]> {
    return (await postRead('fact.check', { kind, body: JSON.stringify(record) })).faults;
  }

  async save(kind: Kind, record: Fields, version: number): Promise<void> {
    await postAsk('fact.save', { kind, body: JSON.stringify(record), version });
    await this.reload();
  }

  async remove(kind: Kind, id: string): Promise<void> {
    await postAsk('fact.remove', { kind, id, version: this.version.value });
    await this.reload();
  }
}

const KEY: InjectionKey<FactsStore> = Symbol('facts');

export function provideStore(store: FactsStore): void {
  provide(KEY, store);
}

export function useStore(): FactsStore {
  const store = inject(KEY);
  if (!store) throw new Error('no page above has provided the facts');
  return store;
}
