/** Where the window begins. */
import { createPinia } from 'pinia';
import { createApp, h, ref } from 'vue';
import { z } from 'zod';
import App from './App.vue';
import { connectCore } from './bridge.ts';
import { provideCore } from './core.ts';
import { i18n } from './locales/index.ts';
import './ui/theme.css';
import './ui/base.css';

// The page may not evaluate code, which zod would otherwise try.
z.config({ jitless: true });

const refused = ref(false);
provideCore(connectCore(() => (refused.value = true)));

createApp({ render: () => h(App, { refused: refused.value }) })
  .use(createPinia())
  .use(i18n)
  .mount('#app');
