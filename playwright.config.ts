import { defineConfig } from '@playwright/test'

/**
 * Tests in a browser and in the app, against the build in `out/`. One at a time: they share the machine's cores with the
 * hub they watch. `npm test` gives a failed test a second try in CI and names it: see `build/test.mjs`.
 */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  reporter: 'line',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // They end what hangs and judge no speed: the machine may be busy with much else.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    },
  },
})
