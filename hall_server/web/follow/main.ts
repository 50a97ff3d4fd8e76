// A citizen's phone: my place in the queue, and whether my ticket stands in the ledger.
import { createApp } from 'vue';
import '@shared/look.css';
import { startLanguage } from '@shared/words';
import Follow from './Follow.vue';

startLanguage();
createApp(Follow).mount('#app');
