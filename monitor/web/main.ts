// The supervisor's page: who waits, what every window does, what needs a person now.
import { createApp } from 'vue';
import { Hall } from '@shared/hall';
import '@shared/look.css';
import './panel.css';
import './narrow.css';
import { Session } from '@shared/session';
import { startLanguage } from '@shared/words';
import { startLetters } from './letters';
import Monitor from './Monitor.vue';

startLanguage();
startLetters();
interface Places {
  hall_url: string;
  live_url: string;
  sets_up: boolean;
}
const places = (await (await fetch('/session.json')).json()) as Places;
const { hall_url: hallUrl, live_url: liveUrl, sets_up: setsUp } = places;
const session = new Session(hallUrl);
createApp(Monitor, { session, liveUrl, setsUp }).use(new Hall({ hallUrl })).mount('#app');
