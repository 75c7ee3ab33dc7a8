import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { FakeObs } from '../../electron/connections/obs/fake.ts'
import { findChromium } from '../../electron/features/compositor/chromium/find-chromium.ts'
import { loadHubConfig } from '../../electron/hub-config.ts'
import { examineChromium } from './chromium.ts'
import { bad, exitCodeOf, type Finding, good, jsonOf, poor, wordsOf } from './finding.ts'
import { examineData, examineElectron, examineImages, examineKeyStore, examineStore } from './machine.ts'
import { examineObs, examinePorts } from './network.ts'

let temp: string

beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), 'landale-doctor-'))
})

afterAll(() => rmSync(temp, { recursive: true, force: true }))

describe('what the findings mean', () => {
  const runs = [good('node', 'n'), good('sqlite', 's'), good('data', 'd')]

  it.each<[string, Finding[], number]>([
    ['all is well', [...runs, good('electron', 'e')], 0],
    ['Chromium paints where Electron is not', [...runs, poor('electron', 'e'), good('screencast', 'c')], 0],
    ['nothing paints', [...runs, poor('electron', 'e'), poor('chromium', 'c')], 2],
    ['the store does not load', [good('node', 'n'), bad('sqlite', 's', 'a'), good('canvas', 'c')], 1],
    ['OBS is away', [...runs, good('canvas', 'c'), poor('obs', 'o')], 0],
  ])('%s', (_name, findings, exitCode) => {
    expect(exitCodeOf(findings)).toBe(exitCode)
  })

  it('in words, with what to do, and as JSON', () => {
    const findings = [good('node', 'Node runs.'), bad('sqlite', 'The store does not load.', 'Run npm ci.')]
    expect(wordsOf(findings)).toBe(
      '✓ Node runs.\n✗ The store does not load.\n    Run npm ci.\n\nLandale can not run here before the lines marked with ✗ are put right.\n',
    )
    expect(JSON.parse(jsonOf(findings))).toMatchObject({ exitCode: 1, findings })
  })
})

describe('the machine', () => {
  it('has its native modules', async () => {
    expect([examineStore().verdict, (await examineImages()).verdict]).toEqual(['good', 'good'])
  })

  it('the data folder need not be there, but above it something must be ours', () => {
    expect(examineData(temp).says).toContain('is there and can be written')
    expect(examineData(join(temp, 'a/b')).says).toContain('can be made')
    writeFileSync(join(temp, 'file'), '')
    expect(examineData(join(temp, 'file/landale'))).toMatchObject({ verdict: 'bad' })
  })

  it.skipIf(process.platform === 'win32')('a key file that others can read is told', () => {
    const folder = join(temp, 'keys')
    mkdirSync(folder)
    expect(examineKeyStore(folder, 'linux').verdict).toBe('good')
    writeFileSync(join(folder, 'secret-key'), 'x', { mode: 0o644 })
    expect(examineKeyStore(folder, 'linux')).toMatchObject({
      verdict: 'poor',
      advice: expect.stringContaining('chmod 600'),
    })
  })

  it('Electron needs its binary, and on Linux a display', () => {
    const folder = join(temp, 'electron')
    mkdirSync(folder)
    expect(examineElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder }, 'linux').says).toContain('not installed')
    writeFileSync(join(folder, 'electron'), '')
    expect(examineElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder }, 'linux').says).toContain('no display')
    expect(examineElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':0' }, 'linux').verdict).toBe('good')
  })
})

describe('the network', () => {
  const config = (port: number) => loadHubConfig(temp, {}, { port })

  it('a port that another program has is told, and the next one for the picture too', async () => {
    const holder = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const { port } = holder.address() as AddressInfo
    expect(await examinePorts(await config(port))).toMatchObject([
      { id: 'port', verdict: 'bad' },
      { id: 'picture-port' },
    ])
    expect(await examinePorts(await config(port - 1))).toMatchObject([
      { id: 'port' },
      { id: 'picture-port', verdict: 'poor' },
    ])
    await new Promise((resolve) => holder.close(resolve))
    const free = await examinePorts(await config(0))
    expect(free.map(({ verdict }) => verdict)).toEqual(['good', 'good'])
  })

  it('OBS is there, is away, is something else, is not wanted', async () => {
    const obs = new FakeObs()
    await obs.start()
    const address = obs.url
    expect(await examineObs({ enabled: true, url: address })).toMatchObject({ verdict: 'good' })
    await obs.stop()
    expect(await examineObs({ enabled: true, url: address })).toMatchObject({ verdict: 'poor' })
    const other = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    other.on('connection', (socket) => socket.send('welcome'))
    await once(other, 'listening')
    const url = `ws://127.0.0.1:${(other.address() as AddressInfo).port}`
    expect((await examineObs({ enabled: true, url })).says).toContain('something else answers')
    for (const client of other.clients) client.terminate()
    await new Promise((resolve) => other.close(resolve))
    expect((await examineObs({ enabled: false, url })).says).toContain('switched off')
  })
})

describe('Chromium', () => {
  it('that is not there, or does not start, is told with what to do', async () => {
    expect(await examineChromium({ executable: null, missing: 'Install it.' })).toEqual([
      poor('chromium', 'No Chromium was found.', 'Install it.'),
    ])
    const [finding] = await examineChromium({ executable: process.execPath, missing: null })
    expect(finding).toMatchObject({ id: 'chromium', verdict: 'bad' })
  })

  it.skipIf(findChromium().executable === null)('is tried out (needs Chromium)', { timeout: 60_000 }, async () => {
    const findings = await examineChromium()
    expect(findings.map(({ id }) => id)).toEqual(['chromium', 'canvas', 'screencast'])
    expect(findings[0]?.verdict).toBe('good')
  })
})
