/**
 * The viewer of the picture as one script, apart from the other pages: shared with them it would be six files, and each
 * is asked for before the first picture can be.
 */
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

const root = resolve(import.meta.dirname, '..')

export default defineConfig({
  root,
  base: '/',
  publicDir: false,
  build: {
    target: 'chrome103',
    outDir: resolve(root, 'out/renderer'),
    // The other pages are there already.
    emptyOutDir: false,
    modulePreload: false,
    rolldownOptions: { input: { viewer: resolve(root, 'overlays/viewer/index.html') } },
  },
})
