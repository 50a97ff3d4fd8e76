// One build for every page of the house. A page is a folder with index.html and main.ts; those that
// exist are built to build/web/<folder>/index.html, with their parts in build/web/assets/.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

const pages = [
  'hall_server/web/console',
  'hall_server/web/admin',
  'hall_server/web/follow',
  'kiosk/web',
  'display/web/wall',
  'display/web/window',
  'display/web/guide',
  'display/web/pattern',
  'display/web/rating',
  'monitor/web',
];

const input = Object.fromEntries(
  pages
    .map((page) => [page.replaceAll('/', '-'), resolve(root, page, 'index.html')] as const)
    .filter(([, file]) => existsSync(file)),
);

export default defineConfig({
  root,
  base: '/web/',
  publicDir: false,
  plugins: [vue()],
  resolve: { alias: { '@shared': resolve(root, 'hall_server/web/shared') } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: resolve(root, 'build/web'),
    emptyOutDir: true,
    manifest: true,
    // The last Chromium on Windows 7, still met on the touch machines of halls.
    target: 'chrome109',
    // A strict content policy refuses data: addresses for scripts and styles.
    assetsInlineLimit: 0,
    // How long each part of the build took helps nobody who only wants to open a hall.
    rolldownOptions: { input, checks: { pluginTimings: false } },
  },
  test: {
    include: ['tests/web/**/*.test.ts'],
    passWithNoTests: true,
  },
});
