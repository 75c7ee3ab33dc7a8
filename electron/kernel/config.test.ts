import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, loadConfig, numberOrText } from './config.ts'

const schema = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(7175),
  obs: z
    .strictObject({
      url: z.url({ protocol: /^wss?$/ }).default('ws://127.0.0.1:4455'),
      password: z.string().max(8).optional(),
    })
    .prefault({}),
})

const envSettings = [
  { name: 'LANDALE_PORT', path: ['port'], read: numberOrText },
  { name: 'LANDALE_OBS_URL', path: ['obs', 'url'], read: (text: string) => text },
]

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'landale-config-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

async function load(file: string | null, env: NodeJS.ProcessEnv = {}, port?: unknown) {
  if (file !== null) await writeFile(join(dataDir, 'config.json'), file)
  const flags = [{ path: ['port'], value: port, name: '--port' }]
  return loadConfig({ schema, dataDir, env, envSettings, flags })
}

async function fault(file: string, env: NodeJS.ProcessEnv = {}, port?: unknown): Promise<string> {
  const error = await load(file, env, port).then(
    () => 'no error',
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as Error).message.replaceAll(dataDir, '<data>')
}

describe('config', () => {
  it('takes the defaults where there is no file', async () => {
    expect(await load(null)).toEqual({ port: 7175, obs: { url: 'ws://127.0.0.1:4455' } })
  })

  it('allows comments, trailing commas and an empty file', async () => {
    expect(await load('{\n  // the port\n  "port": 1234, /* and */ }')).toMatchObject({ port: 1234 })
    expect(await load('')).toMatchObject({ port: 7175 })
  })

  it('lets flags beat variables, and variables beat the file', async () => {
    expect(await load('{"port": 1}', { LANDALE_PORT: '2' })).toMatchObject({ port: 2 })
    expect(await load('{"port": 1}', { LANDALE_PORT: '2' }, 3)).toMatchObject({ port: 3 })
    expect(await load('{"obs": {"url": "ws://a:1"}}', { LANDALE_OBS_URL: 'ws://b:2' })).toMatchObject({
      obs: { url: 'ws://b:2' },
    })
    expect(await load('{"port": 1}', { LANDALE_PORT: '' })).toMatchObject({ port: 1 })
  })

  it('names a bad field with its path, its value and what was expected', async () => {
    expect(await fault('{"obs": {"url": "http://demi"}}')).toMatch(
      /<data>\/config.json: obs.url is "http:\/\/demi": .*URL/,
    )
    expect(await fault('{"port": "7175"}')).toMatch(/port is "7175": .*expected number/)
    expect(await fault('{"port": 70000, "obs": {"url": 4}}')).toMatch(/port is 70000.*\n.*obs.url is 4/)
    expect(await fault('{"prot": 7175}')).toBe('<data>/config.json: prot is 7175: there is no such setting')
    expect(await fault('[]')).toContain('expected an object')
  })

  it('names the variable or the flag when the bad value came from there', async () => {
    expect(await fault('{}', { LANDALE_PORT: 'abc' })).toMatch(/^LANDALE_PORT is "abc": .*expected number/)
    expect(await fault('{}', {}, 'abc')).toMatch(/^--port is "abc"/)
  })

  it('says where the JSON breaks', async () => {
    expect(await fault('{\n  "port": \n}')).toBe('<data>/config.json, line 3, column 1: ValueExpected')
  })

  it('never echoes a password', async () => {
    const message = await fault('{"obs": {"password": "much too long a secret"}}')
    expect(message).toContain('obs.password')
    expect(message).not.toContain('secret')
  })
})
