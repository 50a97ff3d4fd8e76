// The clerk's page: sign in, take a seat at a window, and serve whoever is next.
import { createApp } from 'vue';
import { Hall } from '@shared/hall';
import '@shared/look.css';
import { startLanguage } from '@shared/words';
import Console from './Console.vue';

startLanguage();
createApp(Console).use(new Hall()).mount('#app');
