// What the page asks for now and then, beside the events it hears: figures, stations, calls for help.
import { onBeforeUnmount, onMounted, shallowRef } from 'vue';
import type { DayFigures, Stations } from '@shared/contract';
import { useEvent, useHall } from '@shared/hall';
import { HallAway, RefusedByHall } from '@shared/refused';
import type { Help } from './alerts';

const EVERY_MS = 10_000;
const HELPS_MAX = 20;

export function useWatching() {
  const hall = useHall();
  const figures = shallowRef<DayFigures | null>(null);
  const stations = shallowRef<Stations | null>(null);
  const helps = shallowRef<Help[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    clearTimeout(timer);
    try {
      figures.value = await hall.read('hall.figures', {});
      stations.value = await hall.read('station.list', {});
    } catch (error) {
      // The page says elsewhere that the hall is away; what was last known stays.
      if (!(error instanceof HallAway || error instanceof RefusedByHall)) throw error;
    }
    timer = setTimeout(() => void look(), EVERY_MS);
  }

  useEvent('kiosk.help_asked', ({ station_id: stationId, at }) => {
    helps.value = [{ stationId, at }, ...helps.value].slice(0, HELPS_MAX);
  });
  onMounted(() => void look());
  onBeforeUnmount(() => clearTimeout(timer));
  return { figures, stations, helps };
}
