/** An agent that is asked to end while it still begins. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask } from './cli/local-client.ts'
import { AgentRig } from './testing/agent-rig.ts'

describe.runIf(process.platform === 'linux')('an agent that still begins', () => {
  let rig: AgentRig
  beforeEach(() => {
    rig = new AgentRig()
  })
  afterEach(() => rig.end())

  it('finishes that, and ends then', async () => {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    rig.settings = { ...rig.settings, port }
    rig.define({ id: 'a', command: 'sleep', args: ['1000'], autostart: true })

    const gate = Promise.withResolvers<void>()
    const look = rig.platform.table
    rig.platform.table = async () => {
      await gate.promise
      return look.call(rig.platform)
    }
    const starting = rig.start()
    await expect
      .poll(() => ask(port, 'POST', '/api/agent/end?processes=stop').catch(() => undefined))
      .toMatchObject({
        status: 200,
      })
    gate.resolve()
    await (await starting).ended
    expect(await rig.alive()).toEqual([])
  })
})
