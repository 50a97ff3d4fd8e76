// The citizen's touch page (自助取号机). It asks only the station that serves it.
import { createApp } from 'vue';
import '@shared/look.css';
import './kiosk.css';
import App from './App.vue';
import { guardTheGlass } from '@shared/glass';
import { startLanguage } from '@shared/words';

startLanguage(false);
guardTheGlass();
createApp(App).mount('#app');
