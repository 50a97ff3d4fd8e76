// Nobody touches the glass any more: ask for twenty seconds, then be ready for the next reader.
import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue';
import { forget, isTouched, screen } from './path';

const QUIET_S = 60;
const ASK_S = 20;

export function useIdle() {
  const quietS = ref(0);
  const isAsking = computed(() => isTouched.value && quietS.value >= QUIET_S);
  const leftS = computed(() => QUIET_S + ASK_S - quietS.value);
  let timer = 0;

  function stay(): void {
    quietS.value = 0;
  }
  function tick(): void {
    quietS.value = isTouched.value ? quietS.value + 1 : 0;
    if (quietS.value < QUIET_S + ASK_S) return;
    forget();
    stay();
  }

  onMounted(() => {
    timer = window.setInterval(tick, 1_000);
    addEventListener('pointerdown', stay);
    addEventListener('keydown', stay);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
    removeEventListener('pointerdown', stay);
    removeEventListener('keydown', stay);
  });
  watch(screen, stay);
  return { isAsking, leftS };
}
