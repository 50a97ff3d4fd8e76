// What the fields of one form share: the facts around the record, faults by place, the right to write.
import { inject, provide, type InjectionKey, type Ref } from 'vue';
import type { FactFault } from '@shared/contract';
import { language } from '@shared/words';
import type { Json } from './json';
import type { Kind } from './kinds';

export interface Form {
  kind: Kind;
  readonly: Ref<boolean>;
  isNew: Ref<boolean>;
  faults: Ref<FactFault[]>;
  /** Rows that a form keeps out of the way, such as days that are past. */
  hides?: (path: string, row: Json) => boolean;
}

const KEY: InjectionKey<Form> = Symbol('form');

export function provideForm(form: Form): void {
  provide(KEY, form);
}

export function useForm(): Form {
  const form = inject(KEY);
  if (!form) throw new Error('a field stands outside a form');
  return form;
}

/** Where in this record a fault is; null when it is in another record. */
export function placeOf(fault: FactFault, kind: Kind, id: string): string | null {
  for (const head of [`${kind}/${id}`, kind]) {
    const rest = fault.where.slice(head.length);
    if (fault.where.startsWith(head) && (rest === '' || /^[.[]/.test(rest))) {
      return rest.replace(/^\./, '');
    }
  }
  return null;
}

export function faultText(fault: FactFault): string {
  return language.value === 'en' ? fault.en : fault.zh;
}
