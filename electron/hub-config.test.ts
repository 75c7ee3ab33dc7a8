import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ironmonAddressOf, loadHubConfig } from './hub-config.ts'

const empty = mkdtempSync(join(tmpdir(), 'landale-config-'))
afterAll(() => rmSync(empty, { recursive: true, force: true }))

describe('where the game connects', () => {
  it.each([
    [{}, { host: '127.0.0.1', port: 8080 }],
    [{ LANDALE_IRONMON_PORT: '9000' }, { host: '127.0.0.1', port: 9000 }],
    [{ LANDALE_IRONMON_PORT: '0' }, { host: '127.0.0.1', port: 0 }],
    // A hub on a free port is one of several on this machine.
    [{ LANDALE_PORT: '0' }, { host: '127.0.0.1', port: 0 }],
    [
      { LANDALE_PORT: '0', LANDALE_IRONMON_PORT: '9000' },
      { host: '127.0.0.1', port: 9000 },
    ],
  ])('with %j at %j', async (env, expected) => {
    expect(ironmonAddressOf(await loadHubConfig(empty, env, {}))).toEqual({ enabled: true, ...expected })
  })

  it('stays on this machine when the hub does not, unless it is told itself', async () => {
    const config = await loadHubConfig(empty, {}, {})
    expect(ironmonAddressOf({ ...config, bind: '0.0.0.0' }).host).toBe('127.0.0.1')
    const told = { ...config.ironmon, bind: '100.64.0.1', enabled: false }
    expect(ironmonAddressOf({ ...config, ironmon: told })).toEqual({ enabled: false, host: '100.64.0.1', port: 8080 })
  })
})
