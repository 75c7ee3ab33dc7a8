/** Ten thousand shows of the omnibar in Chromium leave nothing behind: neither in the heap nor in the document. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CDPSession, expect, test } from '@playwright/test'
import { build } from 'vite'
import solid from 'vite-plugin-solid'
import type { Soaked } from './omnibar-soak-page.ts'

const CYCLES = 10_000
/** What is made once and kept: compiled code, caches of the browser. */
const WARM_UP_CYCLES = 1000
/** Of 10,000 cycles; one forgotten tween in each would be several MiB, one forgotten element more. */
const MAX_HEAP_GROWTH = 512 * 1024
/** What the browser itself may be about to let go. */
const MAX_NODE_GROWTH = 50

let script: string
let styles: string

test.beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landale-soak-'))
  await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [solid()],
    build: {
      target: 'chrome103',
      outDir: folder,
      lib: {
        entry: join(import.meta.dirname, 'omnibar-soak-page.ts'),
        formats: ['iife'],
        name: 'soakPage',
        fileName: () => 'soak.js',
      },
    },
  })
  script = readFileSync(join(folder, 'soak.js'), 'utf8')
  styles = readdirSync(folder)
    .filter((name) => name.endsWith('.css'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  rmSync(folder, { recursive: true })
})

async function measure(session: CDPSession): Promise<{ heap: number; nodes: number; listeners: number }> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
  return { heap: usedSize, nodes, listeners: jsEventListeners }
}

test('10,000 shows leave the heap and the document as they were', async ({ page }, info) => {
  await page.setContent('<!doctype html><title>soak</title>')
  await page.addStyleTag({ content: styles })
  await page.addScriptTag({ content: script })
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.enable')
  const run = (cycles: number): Promise<Soaked> => page.evaluate((count) => globalThis.soak.run(count), cycles)

  await run(WARM_UP_CYCLES)
  const before = await measure(session)
  const began = Date.now()
  const soaked = await run(CYCLES)
  const seconds = (Date.now() - began) / 1000
  const after = await measure(session)

  info.annotations.push({ type: 'measured', description: JSON.stringify({ before, after, soaked, seconds }) })
  if (process.env.LANDALE_SAY_MEASURED === '1') console.log({ before, after, soaked, seconds })
  expect(soaked.entered).toBeGreaterThanOrEqual(CYCLES)
  expect(soaked.interrupted).toBeGreaterThanOrEqual(CYCLES)
  expect(soaked.exited).toBeGreaterThanOrEqual(CYCLES)
  expect(soaked.animations).toBe(0)
  expect(after.nodes - before.nodes).toBeLessThan(MAX_NODE_GROWTH)
  expect(after.listeners - before.listeners).toBeLessThan(MAX_NODE_GROWTH)
  expect(after.heap - before.heap).toBeLessThan(MAX_HEAP_GROWTH)
})
