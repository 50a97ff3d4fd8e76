// The rating page of a window (评价器), for a tablet before the citizen: see Rating.vue.
import { createApp } from 'vue';
import '@shared/look.css';
import { guardTheGlass } from '@shared/glass';
import { openFloor } from '../floor/floor';
import Rating from './Rating.vue';
import './rating.css';

const floor = await openFloor();
guardTheGlass();
createApp(Rating, { floor, search: location.search }).use(floor).mount('#app');
