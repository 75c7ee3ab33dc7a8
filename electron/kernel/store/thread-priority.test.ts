import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

/** What a thread says of itself after it has stepped back. */
function priorityOfThread(): Promise<number> {
  const module = new URL('./thread-priority.ts', import.meta.url).href
  const code = `
    import { getPriority } from 'node:os'
    import { readlinkSync } from 'node:fs'
    import { parentPort } from 'node:worker_threads'
    import { goBehindMain } from ${JSON.stringify(module)}
    goBehindMain()
    parentPort.postMessage(getPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1))))
  `
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { execArgv: [] })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

test.runIf(process.platform === 'linux')('the thread that asks stands back, the process does not', async () => {
  const before = getPriority()
  expect(await priorityOfThread()).toBeGreaterThan(before)
  expect(getPriority()).toBe(before)
})
