import { expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { createCommands, HUB_ACTOR } from '../../kernel/commands.ts'
import { createOverlayUrls } from './overlay-urls.ts'

ensureNoLeaks()

it('words the URL of an output, renews it, and refuses an unknown output', async () => {
  const commands = createCommands({ clock: new FakeClock(), onDidInvoke: () => {}, onBug: () => {} })
  let secret = 'one'
  const tokens = {
    overlayToken: async () => secret,
    renewOverlayToken: async () => {
      secret = 'two'
      return secret
    },
  }
  const service = createOverlayUrls({ commands, tokens, baseUrl: () => 'http://127.0.0.1:7175' })
  const controller = new AbortController()
  const running = service.run(controller.signal)
  const ask = (name: string, output: string) => commands.invoke(name, { output }, HUB_ACTOR)
  const url = (token: string) => `http://127.0.0.1:7175/overlay/main?token=${token}`
  expect(await ask('overlay.url.get', 'main')).toMatchObject({ status: 'committed', result: { url: url('one') } })
  expect(await ask('overlay.url.renew', 'main')).toMatchObject({ status: 'committed', result: { url: url('two') } })
  expect(await service.urlOf('main')).toBe(url('two'))
  expect(await ask('overlay.url.get', 'second')).toMatchObject({ error: { code: 'not_found', path: 'output' } })
  controller.abort()
  await running
})
