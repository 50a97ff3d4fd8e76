// Which of the three layouts the screen's shape asks for.
import { onBeforeUnmount, onMounted, ref } from 'vue';

export type Layout = 'portrait' | 'wide' | 'square';

const layout = ref<Layout>('portrait');

function measure(): void {
  const shape = innerWidth / innerHeight;
  layout.value = shape < 1 ? 'portrait' : shape >= 1.5 ? 'wide' : 'square';
  document.documentElement.dataset['layout'] = layout.value;
}

export function useLayout() {
  onMounted(() => addEventListener('resize', measure));
  onBeforeUnmount(() => removeEventListener('resize', measure));
  measure();
  return layout;
}

/** How many departments the home screen may show at once; more get a screen of their own. */
export const HOME_DEPARTMENTS: Record<Layout, number> = { portrait: 18, wide: 16, square: 12 };
