// The touch guide's page: see Guide.vue.
import { createApp } from 'vue';
import '@shared/look.css';
import { startLanguage } from '@shared/words';
import { openFloor } from '../floor/floor';
import { guardTheGlass } from '@shared/glass';
import Guide from './Guide.vue';
import './guide.css';

startLanguage(false);
guardTheGlass();
const floor = await openFloor();
createApp(Guide).use(floor).mount('#app');
