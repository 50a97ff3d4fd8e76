// Nobody touches the screen any more: ask, then forget. The elder view gives three times as long.
import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue';
import { forget, isTouched, screen, session } from './journey';
import { putAway } from './kiosk';

const QUIET_S = 60;
const ASK_S = 30;
const ELDER_TIMES = 3;

export function useIdle() {
  const quiet = ref(0);
  const factor = () => (session.elder ? ELDER_TIMES : 1);
  const left = computed(() => QUIET_S * factor() + ASK_S - quiet.value);
  // A result and a place in the queue go home by themselves, and sooner.
  const leaves = computed(() => ['result', 'place'].includes(screen.value.name));
  const watched = computed(() => isTouched.value && !leaves.value);
  const isAsking = computed(() => watched.value && quiet.value >= QUIET_S * factor());
  let timer = 0;

  function stay(): void {
    quiet.value = 0;
  }
  function tick(): void {
    quiet.value = watched.value ? quiet.value + 1 : 0;
    if (left.value <= 0) leave();
  }
  function leave(): void {
    putAway();
    forget();
    stay();
  }
  function touched(): void {
    if (!isAsking.value) stay();
  }

  onMounted(() => {
    timer = window.setInterval(tick, 1_000);
    addEventListener('pointerdown', touched);
    addEventListener('keydown', touched);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    removeEventListener('pointerdown', touched);
    removeEventListener('keydown', touched);
  });
  watch(screen, stay);
  return { isAsking, left, stay, leave };
}
