// The dialogs of the console: which one is open, and what it is for.
import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type { LegView, ReasonKind } from '@shared/contract';

export type ItemPurpose = 'add' | 'direct' | 'take';

export type Sheet =
  | {
      kind: 'reason';
      of: ReasonKind;
      leg: LegView | null;
      done(reasonId: string, note: string): void;
    }
  | { kind: 'transfer'; leg: LegView }
  | { kind: 'item'; purpose: ItemPurpose; leg: LegView | null }
  | { kind: 'move_back'; leg: LegView }
  | { kind: 'findings' }
  | { kind: 'help' };

const KEY: InjectionKey<ShallowRef<Sheet | null>> = Symbol('sheet');

export function provideSheet(): ShallowRef<Sheet | null> {
  const sheet = shallowRef<Sheet | null>(null);
  provide(KEY, sheet);
  return sheet;
}

export function useSheet(): ShallowRef<Sheet | null> {
  const sheet = inject(KEY);
  if (!sheet) throw new Error('the workplace has not provided sheets');
  return sheet;
}
