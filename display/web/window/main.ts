// The window screen's page: see Window.vue.
import { createApp } from 'vue';
import '@shared/look.css';
import '../floor/night.css';
import { openFloor } from '../floor/floor';
import Window from './Window.vue';
import './window.css';
import './upright.css';

const floor = await openFloor();
createApp(Window, { floor, search: location.search }).use(floor).mount('#app');
