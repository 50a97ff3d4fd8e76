// Where else the pages of the hall server may ask: the monitor's pictures, if there are any.
import { onMounted, ref } from 'vue';

export function usePlaces() {
  const liveUrl = ref('');
  onMounted(async () => {
    try {
      const answer = await fetch('/places.json');
      if (answer.ok) liveUrl.value = ((await answer.json()) as { live_url: string }).live_url;
    } catch {
      liveUrl.value = ''; // the page says elsewhere that the hall is away
    }
  });
  return { liveUrl };
}
