/** A page nobody sees, as an overlay in OBS often is: the `phoenix` client by itself would not reconnect until it is shown. */
import { expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import { TestHub } from '../../electron/kernel/channels/test-hub.ts'

// Before any import is run: the `phoenix` client looks for a window when it is loaded.
vi.hoisted(() => {
  const document = { visibilityState: 'hidden', addEventListener: () => {} }
  Object.assign(globalThis, { window: { addEventListener: () => {}, document } })
})

it('[W12] comes back though the page is hidden', async () => {
  let hub = await new TestHub().start()
  const page = createHubClient({ url: hub.url, token: 'control-secret', WebSocket: WebSocket as never })
  await expect.poll(() => page.status.kind).toBe('connected')
  const { port } = hub
  await hub.stop()
  await expect.poll(() => page.status.kind).toBe('waiting')
  hub = await new TestHub({ port }).start()
  await expect.poll(() => page.status.kind).toBe('connected')
  page.dispose()
  await hub.stop()
})
