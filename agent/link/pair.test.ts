/** Pairing, and the pinned certificate. */
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { runCommand } from '../cli/cli.ts'
import { AgentRig } from '../testing/agent-rig.ts'
import { linkUrl, pair } from './pair.ts'
import { FakeHub } from './testing/fake-hub.ts'

let hub: FakeHub
beforeEach(() => {
  hub = new FakeHub()
  hub.codes.add('ABCD1234')
})
afterEach(() => hub.close())

const machine = { name: 'testbed', platform: 'linux', agentVersion: '0.1.0' }

it('gives a key for a code, once', async () => {
  await hub.listen()
  const url = `http://127.0.0.1:${hub.port}`
  const pairing = await pair({ url, code: 'abcd-1234', ...machine })
  expect(pairing).toMatchObject({ url: hub.url, hub: hub.id, hubKey: hub.keys.publicKey })
  expect(hub.agents.has(pairing.agent)).toBe(true)
  await expect(pair({ url, code: 'ABCD1234', ...machine })).rejects.toThrow('make a new one on the dashboard')
  expect(hub.faults).toEqual([])
})

it.each(['', 'ABCD', 'ABCD-EFGO', 'ABCD-EFGH-IJKL', "ABCD'--1"])('the code %j is not even asked', async (code) => {
  await hub.listen()
  await expect(pair({ url: hub.url, code, ...machine })).rejects.toThrow('is no pairing code')
  expect(hub.links).toBe(0)
})

it('says what is wrong with an address, a hub that is not there, and one of another time', async () => {
  expect(() => linkUrl('studio')).toThrow('is no address')
  expect(() => linkUrl('file:///etc/passwd')).toThrow('must begin with ws://')
  await expect(pair({ url: 'ws://127.0.0.1:1', code: 'ABCD1234', ...machine })).rejects.toThrow('cannot be reached')
  hub.versions = [2]
  await hub.listen()
  await expect(pair({ url: hub.url, code: 'ABCD1234', ...machine })).rejects.toThrow('update the older one')
})

it.runIf(process.platform === 'linux')('an agent that runs connects once its machine is paired', async () => {
  await hub.listen()
  const rig = new AgentRig()
  try {
    rig.define()
    const agent = await rig.start()
    expect(agent.linkState.status).toBe('unpaired')
    const printed: string[] = []
    const code = await runCommand('pair', [`ws://127.0.0.1:${hub.port}`, 'ABCD-1234', '--name', 'demi'], {
      environment: { LANDALE_AGENT_HOME: rig.home },
      clock: systemClock,
      print: (text) => printed.push(text),
      complain: (text) => printed.push(text),
    })
    expect([code, printed[0]]).toEqual([0, expect.stringContaining('paired with ws://127.0.0.1')])
    await hub.until(() => hub.of('report')[0])
    expect(hub.of('pair')[0]?.name).toBe('demi')
    expect(statSync(rig.places.pairing).mode & 0o777).toBe(0o600)
  } finally {
    await rig.end()
  }
})

describe.runIf(existsSync('/usr/bin/openssl'))('over wss', () => {
  let folder: string
  let pin: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const options = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=hub', '-days', '2', '-keyout', key, '-out', cert]
    execFileSync('/usr/bin/openssl', ['req', '-x509', ...options], { stdio: 'ignore' })
    const pem = readFileSync(cert)
    pin = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')
    await hub.listen(0, createServer({ key: readFileSync(key), cert: pem }))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('takes the pinned certificate, and no other', async () => {
    const wrong = pin.replace(/^./, (first) => (first === '0' ? '1' : '0'))
    await expect(pair({ url: hub.url, code: 'ABCD1234', pin: wrong, ...machine })).rejects.toThrow('not the pinned one')
    await expect(pair({ url: hub.url, code: 'ABCD1234', ...machine })).rejects.toThrow(/self-signed/)
    expect(hub.codes.size).toBe(1)
    const colons = pin.toUpperCase().replaceAll(/..(?=.)/g, '$&:')
    expect(await pair({ url: hub.url, code: 'ABCD1234', pin: colons, ...machine })).toMatchObject({ pin: colons })
  })
})
