// The supervisor's page: who waits, what every window does, what needs a person now.
import { createApp } from 'vue';
import { Hall } from '@shared/hall';
import '@shared/look.css';
import './panel.css';
import { Session } from '@shared/session';
import { startLanguage } from '@shared/words';
import Monitor from './Monitor.vue';

startLanguage();
const { hall_url: hallUrl } = (await (await fetch('/session.json')).json()) as { hall_url: string };
const session = new Session(hallUrl);
createApp(Monitor, { session }).use(new Hall({ hallUrl })).mount('#app');
