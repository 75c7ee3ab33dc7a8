import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

/** Two projects: `node` for everything that runs in the hub, `ui` for Solid components in jsdom. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: [
            '{base,contracts,electron,build,tests/contract,tests/integration,tests/electron-standin}/**/*.test.ts',
          ],
          testTimeout: 15_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [solid()],
        resolve: { conditions: ['development', 'browser'] },
        test: {
          name: 'ui',
          environment: 'jsdom',
          include: ['{renderer,overlays}/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
})
