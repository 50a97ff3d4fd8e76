// The wall's page: see Wall.vue.
import { createApp } from 'vue';
import '@shared/look.css';
import '../floor/night.css';
import { openFloor } from '../floor/floor';
import Wall from './Wall.vue';
import { readOptions } from './options';
import './wall.css';
import './quiet.css';
import './portrait.css';
import './led.css';

const options = readOptions(location.search);
const floor = await openFloor();
createApp(Wall, { floor, options }).use(floor).mount('#app');
