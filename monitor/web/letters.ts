// Large letters (大字): the whole page drawn larger, for screens that are read from afar.
import { ref, watchEffect } from 'vue';

const STORED = 'hall.monitor.large';
/** As large as the smallest screen it is meant for (1366 × 768) has room for. */
const LARGER = '1.25';

export const isLarge = ref(localStorage.getItem(STORED) === 'yes');

export function startLetters(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('large', isLarge.value);
    document.body.style.setProperty('zoom', isLarge.value ? LARGER : '1');
    localStorage.setItem(STORED, isLarge.value ? 'yes' : 'no');
  });
}
