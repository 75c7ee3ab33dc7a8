import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

/** Ends what hangs; it judges no speed, for the machine may be busy with much else. */
const PATIENCE_MS = 60_000
const POLL_MS = 20_000

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
            '{base,contracts,electron,agent,build,tests/contract,tests/integration,tests/electron-standin,tests/references}/**/*.test.ts',
          ],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          expect: { poll: { timeout: POLL_MS } },
        },
      },
      {
        plugins: [solid()],
        resolve: { conditions: ['development', 'browser'] },
        test: {
          name: 'ui',
          environment: 'jsdom',
          include: ['{renderer,overlays}/**/*.test.{ts,tsx}'],
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          expect: { poll: { timeout: POLL_MS } },
        },
      },
    ],
  },
})
