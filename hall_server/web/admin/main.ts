// The administration page: every fact of the hall, accounts, stations and the ledger.
import { createApp } from 'vue';
import { Hall } from '@shared/hall';
import { startLanguage } from '@shared/words';
import '@shared/look.css';
import './admin.css';
import './forms.css';
import './parts.css';
import './previews.css';
import App from './App.vue';

startLanguage();
createApp(App).use(new Hall()).mount('#app');
