// Zones while they are drawn: which is chosen, what was changed, and the way back.
import { computed, ref, shallowRef } from 'vue';
import {
  fresh,
  isSame,
  slipOf,
  withCorner,
  withNewCorner,
  withoutCorner,
  type DrawnZone,
  type Point,
  type ZoneKind,
} from './zones';

const STEPS_KEPT = 200;

export function useDrawing(stated: () => readonly DrawnZone[]) {
  const zones = shallowRef<DrawnZone[]>([...stated()]);
  const chosen = ref(-1);
  const past = shallowRef<DrawnZone[][]>([]);
  const isChanged = computed(() => !isSame(zones.value, stated()));
  /** The first zone that cannot be saved, and why. */
  const slip = computed(() => {
    const place = zones.value.findIndex(slipOf);
    const zone = zones.value[place];
    return zone && { zone, why: slipOf(zone)! };
  });

  /** From here one step back is what is now: once for a drag, however far it goes. */
  function mark(): void {
    past.value = [...past.value, zones.value].slice(-STEPS_KEPT);
  }

  function put(place: number, zone: DrawnZone): void {
    zones.value = zones.value.map((one, n) => (n === place ? zone : one));
  }

  function change(place: number, act: (zone: DrawnZone) => DrawnZone): void {
    const before = zones.value[place];
    const after = before && act(before);
    if (!after || after === before) return;
    mark();
    put(place, after);
  }

  function add(kind: ZoneKind, window: string): void {
    mark();
    zones.value = [...zones.value, fresh(kind, window, zones.value.length)];
    chosen.value = zones.value.length - 1;
  }

  function drop(place: number): void {
    mark();
    zones.value = zones.value.filter((_, n) => n !== place);
    chosen.value = -1;
  }

  function undo(): void {
    const before = past.value.at(-1);
    if (!before) return;
    zones.value = before;
    past.value = past.value.slice(0, -1);
    if (chosen.value >= before.length) chosen.value = -1;
  }

  /** What is stated now is what is drawn on. */
  function begin(): void {
    zones.value = [...stated()];
    past.value = [];
  }

  return {
    zones,
    chosen,
    isChanged,
    slip,
    canUndo: computed(() => past.value.length > 0),
    mark,
    put,
    change,
    add,
    drop,
    undo,
    begin,
    moveCorner: (place: number, corner: number, to: Point) =>
      put(place, withCorner(zones.value[place]!, corner, to)),
    addCorner: (place: number, after: number) =>
      change(place, (zone) => withNewCorner(zone, after)),
    dropCorner: (place: number, corner: number) =>
      change(place, (zone) => withoutCorner(zone, corner)),
  };
}

export type Drawing = ReturnType<typeof useDrawing>;
