// One record while it is being edited: what it was, what it would be, what is wrong with that.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { FactFault } from '@shared/contract';
import { changes, copy, merged, same, type Fields } from './json';
import type { Kind } from './kinds';
import { unsaved } from './route';
import { troubleOf, type FactsStore, type Trouble } from './store';

const CHECK_AFTER_MS = 350;

export function useDraft(store: FactsStore, kind: Kind, original: Fields, isNew: boolean) {
  const base = shallowRef<Fields>(isNew ? {} : copy(original));
  const draft = ref<Fields>(copy(original));
  const version = ref(store.version.value);
  const faults = shallowRef<FactFault[]>([]);
  const checking = ref(false);
  const saving = ref(false);
  const trouble = shallowRef<Trouble>(null);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let round = 0;

  const touched = computed(() => !same(draft.value, isNew ? original : base.value));
  /** A new record may be saved as it was begun, such as a copy of another. */
  const dirty = computed(() => isNew || touched.value);
  const list = computed(() => changes(base.value, draft.value));
  const behind = computed(() => store.version.value !== version.value);

  async function check(): Promise<void> {
    const mine = ++round;
    checking.value = true;
    try {
      const found = await store.check(kind, draft.value);
      if (mine === round) faults.value = found;
      trouble.value = null;
    } catch (error) {
      trouble.value = troubleOf(error);
    } finally {
      if (mine === round) checking.value = false;
    }
  }

  watch(
    draft,
    () => {
      unsaved.value = touched.value;
      clearTimeout(waiting);
      checking.value = dirty.value;
      if (dirty.value) waiting = setTimeout(() => void check(), CHECK_AFTER_MS);
      else faults.value = [];
    },
    { deep: true, immediate: isNew },
  );

  async function save(): Promise<boolean> {
    saving.value = true;
    trouble.value = null;
    try {
      await store.save(kind, draft.value, version.value);
      base.value = copy(draft.value);
      version.value = store.version.value;
      unsaved.value = false;
      return true;
    } catch (error) {
      trouble.value = troubleOf(error);
      return false;
    } finally {
      saving.value = false;
    }
  }

  function discard(): void {
    draft.value = copy(isNew ? original : base.value);
    trouble.value = null;
  }

  /**
   * Go on from facts that somebody else has changed: their values stand, except where this draft
   * says something of its own. Tells whether this very record was changed.
   */
  function rebase(present: Fields | undefined): boolean {
    const changed = present !== undefined && !same(present, base.value);
    if (present) {
      draft.value = merged(base.value, present, draft.value);
      base.value = copy(present);
    }
    version.value = store.version.value;
    trouble.value = null;
    return changed;
  }

  onScopeDispose(() => {
    clearTimeout(waiting);
    unsaved.value = false;
  });
  return { draft, dirty, list, faults, checking, saving, trouble, behind, save, discard, rebase };
}
