// What a wall shows at this moment, from the hall's picture, the address and the time.
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { callsOf, waitingOf, type Call } from '../floor/calls';
import type { Hall } from '@shared/hall';
import { hallTime } from '../floor/clock';
import { openingLines } from '../floor/opening';
import type { Form } from './canvas';
import { canvasFor, wallOf, type Size, type WallOptions } from './options';
import { advanced, EMPTY_STAGE, noticed, openingStage, waitMs, type Stage } from './stage';

const STAGE_ROOM: Record<Form, number> = { tv: 4, portrait: 4, strip: 2, small: 2 };
const LIST_ROOM: Record<Form, number> = { tv: 6, portrait: 6, strip: 6, small: 3 };
const WAITING_COLUMNS: Record<Form, number> = { tv: 3, portrait: 3, strip: 0, small: 0 };

export function useWall(hall: Hall, options: WallOptions, screen: Ref<Size>) {
  const stage = ref<Stage>(EMPTY_STAGE);
  const facts = computed(() => hall.state.value?.facts);
  const wall = computed(() => facts.value && wallOf(facts.value, options));
  const zones = computed(() => options.zones ?? wall.value?.zones ?? []);
  const canvas = computed(() => canvasFor(options, wall.value, screen.value));
  const form = computed(() => canvas.value.form);
  const clock = computed(() =>
    hallTime(hall.now.value, facts.value?.site.utc_offset_minutes ?? 480),
  );
  const legs = computed(() => [...(hall.state.value?.legs.values() ?? [])]);
  const calls = computed(() => (facts.value ? callsOf(facts.value, legs.value, zones.value) : []));
  const waiting = computed(() =>
    facts.value ? waitingOf(facts.value, legs.value, zones.value) : [],
  );
  const onStage = computed(() => callsWithKeys(calls.value, stage.value.shown));
  const list = computed(() =>
    calls.value
      .filter((call) => !stage.value.shown.includes(call.key))
      .slice(0, LIST_ROOM[form.value]),
  );

  let timer: ReturnType<typeof setTimeout> | undefined;
  function advance(): void {
    clearTimeout(timer);
    stage.value = advanced(stage.value, performance.now(), STAGE_ROOM[form.value]);
    const wait = waitMs(stage.value, performance.now());
    if (wait < Infinity) timer = setTimeout(advance, wait + 20);
  }
  let opened = false;
  watch(
    calls,
    (present) => {
      if (!facts.value) return;
      stage.value = opened
        ? noticed(stage.value, present, performance.now())
        : openingStage(present, performance.now());
      opened = true;
      advance();
    },
    { immediate: true },
  );
  onBeforeUnmount(() => clearTimeout(timer));

  return {
    facts,
    wall,
    zones,
    canvas,
    clock,
    calls,
    waiting,
    onStage,
    list,
    turn: computed(() => Math.floor(hall.now.value / 10_000)),
    waitingColumns: computed(() => WAITING_COLUMNS[form.value]),
    isOpen: computed(() => Boolean(hall.state.value?.day)),
    opening: computed(() => (facts.value ? openingLines(facts.value.opening) : [])),
    text: (id: string) => facts.value?.texts.find((text) => text.id === id)?.text,
    staleSince: computed(() =>
      hall.live.value || !facts.value
        ? ''
        : hallTime(hall.updatedAt.value, facts.value.site.utc_offset_minutes).time,
    ),
  };
}

function callsWithKeys(calls: readonly Call[], keys: readonly string[]): Call[] {
  return keys.flatMap((key) => calls.find((call) => call.key === key) ?? []);
}
